// What would be gained by other hardware, other splits, or without one host.
#pragma once

#include <string>
#include <vector>

#include "model/prediction.hpp"

namespace shortfall {

struct WhatIf {
  std::string id, change;
  Seconds step;
  double faster = 0;        // share of the step that is saved; of tokens where the batch is another
  double causal_mfu = 0;    // with the peak of the changed system
  bool fits_memory = true;  // by the formulas of model/training/memory.hpp
};

// Only changes that are possible: heads that divide, layers enough, units that the device has.
std::vector<WhatIf> what_ifs(const TrainingRun& run, const SystemModel& system);

}  // namespace shortfall
