// Two ranks that have found each other.
#pragma once

#include <memory>
#include <variant>

#include "backends/ucx/engine.hpp"

namespace shortfall::ucx {

struct Contact {
  std::shared_ptr<Engine> engine;
  int peer = -1;  // of the group
  ucp_ep_h endpoint = nullptr;
};

// Collective: ranks 0 and 1 of the group find each other, the others have no peer.
std::variant<Contact, Unsupported> connect(const std::shared_ptr<const Context>& context,
                                           World& group);

// Until what was put has arrived. `calls` has none under way.
void flush(const Contact& with, Calls& calls);

}  // namespace shortfall::ucx
