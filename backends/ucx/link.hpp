// Two ranks that exchange data by the calls of UCX.
#pragma once

#include <memory>

#include "backends/communicator.hpp"
#include "backends/place_on_host.hpp"

namespace shortfall::ucx {

// `group` must outlive it.
std::unique_ptr<Communicator> open_link(World& group, const PlaceOnHost& place);

}  // namespace shortfall::ucx
