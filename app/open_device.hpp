// The device of each rank, opened on all ranks or on none.
#pragma once

#include <memory>

#include "backends/backend.hpp"
#include "backends/world.hpp"

namespace shortfall {

// Collective. Throws, on all ranks alike: Error if a rank cannot open its device, with the rank and
// its host; BadUsage if two ranks would share one, and measure each other.
std::unique_ptr<Device> open_device(World& job, const Backend& backend, int local_rank);

}  // namespace shortfall
