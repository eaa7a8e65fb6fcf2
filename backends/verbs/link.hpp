// Verbs of network adapters between the memories of ranks.
#pragma once

#include <memory>

#include "backends/communicator.hpp"
#include "backends/world.hpp"

namespace shortfall::verbs {

// For the ranks of `group`, which must outlive it.
std::unique_ptr<Communicator> open_link(World& group);

}  // namespace shortfall::verbs
