// Verbs of network adapters between the memories of ranks.
#pragma once

#include <memory>

#include "backends/communicator.hpp"
#include "backends/place_on_host.hpp"

namespace shortfall::verbs {

// For the ranks of `group`, which must outlive it.
std::unique_ptr<Communicator> open_link(World& group, const PlaceOnHost& place);

}  // namespace shortfall::verbs
