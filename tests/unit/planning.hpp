// What tests of plans share.
#pragma once

#include <algorithm>

#include "model/plan/fit.hpp"
#include "model/plan/search.hpp"
#include "model/system/run_system.hpp"
#include "model/training/memory.hpp"

namespace shortfall {

inline void nobody(std::size_t, std::size_t) {}

inline SystemModel system_for(TrainingRun run) { return system_of(run, built_in(), "test"); }

// Stage by stage.
inline bool fits(const TrainingRun& run, const SystemModel& system) {
  return std::ranges::all_of(stages(run), [&](const Stage& stage) {
    return memory(run, stage).total() <= system.device.memory_size * share_for_a_run;
  });
}

}  // namespace shortfall
