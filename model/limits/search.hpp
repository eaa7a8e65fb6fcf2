// The fastest way of dividing a training run over a cluster, and the smallest cluster that ends it
// in time. Exhaustive: only what provably cannot win is left out.
#pragma once

#include <optional>

#include "model/limits/training.hpp"

namespace shortfall {

struct Solution {
  Division division;
  StepTime time;
  Seconds duration;  // of the whole run

  std::int64_t gpus() const { return division.gpus(); }
};

// Of the divisions that end the run in less than `limit`; nothing if none does.
std::optional<Solution> best_division(const LimitRun& run, std::int64_t gpus, Seconds limit,
                                      const Accelerator& gpu, const Assumptions& assumed);

// Clusters of experts * 2^i GPUs that end the run within assumed.run().
std::optional<Solution> smallest_cluster(const LimitRun& run, const Accelerator& gpu,
                                         const Assumptions& assumed);

}  // namespace shortfall
