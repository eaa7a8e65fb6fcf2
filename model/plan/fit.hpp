// What the fullest GPU of a run must hold.
#pragma once

#include <cstdint>
#include <vector>

#include "model/training/memory.hpp"

namespace shortfall {

// What runs may fill of a device's memory. The rest is for the driver's context, workspaces of
// libraries, buffers of collectives and fragmentation, of which nothing is known before a run: an
// assumption, 6.4 of 80 GB.
inline constexpr double share_for_a_run = 0.92;

// memory().total() of the fullest stage. Of stages that hold the same layers, the first one keeps
// the most micro-batches, so that the others need not be looked at.
Bytes fullest_stage(const TrainingRun& run);

}  // namespace shortfall
