#include "model/training/room.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "model/training/memory.hpp"

namespace shortfall {
namespace {

// Estimates of activations leave out what frameworks free early and what they never give back.
constexpr double slack = 1.1;
constexpr const char* untold = "recompute = none";

struct Fullest {
  std::int64_t stage = 0;
  Bytes bytes;
};

Fullest fullest_stage(const TrainingRun& run) {
  Fullest most;
  for (const Stage& stage : stages(run)) {
    const Bytes bytes = memory(run, stage).total();
    if (bytes > most.bytes) most = {stage.index, bytes};
  }
  return most;
}

std::string gib(Bytes bytes) { return fmt::format("{:.4g} GiB", bytes / 1_GiB); }

// No default can make a run smaller than this.
TrainingRun smallest(TrainingRun run) {
  run.recompute = Recompute::full;
  return run;
}

void recompute_if_untold(TrainingRun& run, Bytes memory) {
  const auto assumed = std::ranges::find(run.assumed, untold);
  if (assumed == run.assumed.end()) return;
  const Bytes needed = fullest_stage(run).bytes;
  if (needed <= memory * slack) return;
  *assumed = "recompute = full, for lack of memory";
  run.recompute = Recompute::full;
}

}  // namespace

std::optional<Fault> make_room(TrainingRun& run, Bytes memory) {
  if (memory.value <= 0) return std::nullopt;
  recompute_if_untold(run, memory);
  const Fullest needed = fullest_stage(smallest(run));
  if (needed.bytes <= memory * slack) return std::nullopt;
  return Fault{"gpus", fmt::format("expected so many that the run fits into their memory; with "
                                   "everything recomputed, found {} on a GPU of stage {} that has "
                                   "{} (10 % more would be let pass)",
                                   gib(needed.bytes), needed.stage + 1, gib(memory))};
}

}  // namespace shortfall
