// One-sided copies between the GPUs of ranks, and chases through one another's memory.
#pragma once

#include <memory>

#include "backends/communicator.hpp"
#include "backends/place_on_host.hpp"

namespace shortfall::cuda {

// For the ranks of `group`, each of which has taken its GPU before. `group` must outlive it.
std::unique_ptr<Communicator> open_link(World& group, const PlaceOnHost& place);

}  // namespace shortfall::cuda
