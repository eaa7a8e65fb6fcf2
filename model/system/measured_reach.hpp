// What a training run asks of a measured system that nobody measured there.
#pragma once

#include <string>
#include <vector>

#include "model/system/system.hpp"
#include "model/training/training_run.hpp"

namespace shortfall {

// A sentence for each, none twice: "all_reduce of 64 ranks: measured up to 2 ranks, 32 times fewer:
// do not rely on it". Nothing of a system of published efficiencies.
std::vector<std::string> beyond_measured(const TrainingRun& run, const SystemModel& system);

}  // namespace shortfall
