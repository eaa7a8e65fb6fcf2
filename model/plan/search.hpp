// The best way to split a training run over GPUs: all that fit are priced, and the fastest kept.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <vector>

#include "model/plan/candidates.hpp"
#include "model/prediction.hpp"

namespace shortfall {

struct SplitPlan {
  TrainingRun run;  // split and all
  Bytes needed;     // by the fullest GPU
  RunPrediction prediction;
};

struct PlanSearch {
  // Candidates are what choices_for() and recomputes_for() give together. Of those that fit, the
  // ones are not priced that do the same as another one that fits, and more work again.
  std::size_t candidates = 0, fit = 0, priced = 0;
  Bytes available;                // of one GPU, for a run
  std::vector<SplitPlan> best;    // the fastest first; of each split of GPUs the best
  std::optional<Bytes> smallest;  // what the smallest candidate needs; nothing = none can be
};

struct SearchEffort {
  std::size_t plans = 10;
  bool prices_all = false;  // for tests: also what cannot be faster
};

// Called now and then with the candidates that are done.
using SearchProgress = std::function<void(std::size_t done, std::size_t all)>;

// `run` as it would be on `run.gpus`; its own split does not count.
PlanSearch search_plans(const TrainingRun& run, const SystemModel& system,
                        const SearchProgress& progress, const SearchEffort& effort = {});

// The first of twice, four times, ... as many GPUs on which a candidate fits; nothing = none up to
// a thousand times as many.
std::optional<std::int64_t> gpus_that_fit(TrainingRun run, const SystemModel& system);

// A smaller number of GPUs over which the run can be split at all: rounded down to a multiple of 2,
// 4, 8, ..., or else a half, a quarter, ... of them; nothing = none of these.
std::optional<std::int64_t> gpus_that_split(TrainingRun run, const SystemModel& system);

}  // namespace shortfall
