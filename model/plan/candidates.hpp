// The ways in which a training run can be split over its GPUs, among which a plan is looked for.
#pragma once

#include <cstdint>
#include <vector>

#include "model/training/training_run.hpp"

namespace shortfall {

// All that a plan may choose; model, batch, sequence and precision are given.
struct Choice {
  Split split;
  std::int64_t micro_batch = 1;
  Sharding sharding = Sharding::none;
  Schedule schedule = Schedule::one_f_one_b;

  void apply_to(TrainingRun& run) const;
};

// Those of `run.gpus` GPUs that fault_in() lets pass, within the bounds of docs/plan.md. How much
// is recomputed is chosen besides. `scale_up_ranks` bounds tensor parallelism.
std::vector<Choice> choices_for(const TrainingRun& run, std::int64_t scale_up_ranks);

// Every kind of recomputation, the least first, as the run's programs do it.
std::vector<Recompute> recomputes_for(const TrainingRun& run);

}  // namespace shortfall
