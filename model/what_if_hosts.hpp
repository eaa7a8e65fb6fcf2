// What would be gained without one host.
#pragma once

#include <vector>

#include "model/what_if.hpp"

namespace shortfall {

// "Without host X": one for each host of a measured system, the largest gain first, with a host
// like the others in its place. Nothing of other systems.
std::vector<WhatIf> without_hosts(const TrainingRun& run, const SystemModel& system);

}  // namespace shortfall
