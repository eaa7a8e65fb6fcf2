#include "model/training/room.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "model/training/memory.hpp"

namespace shortfall {
namespace {

// Estimates of activations leave out what frameworks free early and what they never give back.
constexpr double slack = 1.1;

struct Fullest {
  std::int64_t stage = 0;
  Bytes bytes;
};

// `kept`: share of the activations.
Fullest fullest_stage(const TrainingRun& run, double kept = 1) {
  Fullest most;
  for (const Stage& stage : stages(run)) {
    const MemoryUse use = memory(run, stage);
    const Bytes bytes = use.total() - use.activations * (1 - kept);
    if (bytes > most.bytes) most = {stage.index, bytes};
  }
  return most;
}

std::string gib(Bytes bytes) { return fmt::format("{:.4g} GiB", bytes / 1_GiB); }

// A default that was taken, and what stands for it where memory is short.
struct Saving {
  const char* untold;
  const char* instead;
  void (*apply)(TrainingRun&);
  double keeps_activations = 1, keeps_in_fp8 = 1;
};

// That takes least time first: sharding the optimizer exchanges as much as an all-reduce does.
// Outputs of norms and activation functions, and what latent attention projects up, are half or
// more of what is kept and take next to nothing to be computed again; where products are of fp8,
// what remains of their inputs, half of it, is kept so (DeepSeek-V3, sections 3.2.3 and 3.3.3).
// The whole forward pass again takes a third more.
constexpr Saving shard{"fsdp_or_zero = none", "fsdp_or_zero = ZeRO-1, for lack of memory",
                       [](TrainingRun& run) { run.sharding = Sharding::optimizer; }};
constexpr Saving pieces{
    "recompute = none",
    "recompute = norms, activation functions and up-projections, for lack of memory",
    [](TrainingRun&) {}, 0.5, 0.375};
constexpr Saving recompute{"recompute = none", "recompute = full, for lack of memory",
                           [](TrainingRun& run) { run.recompute = Recompute::full; }};

using Savings = std::vector<Saving>;

bool is_untold(const TrainingRun& run, const Saving& saving) {
  return std::ranges::count(run.assumed, saving.untold) > 0;
}

// Of those that are left to us, in the order in which they are tried.
std::vector<Savings> choices(const TrainingRun& run) {
  std::vector<Savings> all{{}};
  const auto with_and_without_shards = [&](Savings savings) {
    all.push_back(savings);
    savings.push_back(shard);
    if (is_untold(run, shard)) all.push_back(savings);
  };
  if (is_untold(run, shard)) all.push_back({shard});
  if (is_untold(run, recompute)) {
    with_and_without_shards({pieces});
    with_and_without_shards({recompute});
  }
  return all;
}

TrainingRun with(TrainingRun run, const Savings& savings) {
  for (const Saving& saving : savings) {
    *std::ranges::find(run.assumed, saving.untold) = saving.instead;
    saving.apply(run);
  }
  return run;
}

Fault no_room(const Fullest& needed, Bytes memory) {
  return {"gpus", fmt::format("expected so many that the run fits into their memory; with "
                              "everything recomputed, found {} on a GPU of stage {} that has "
                              "{} (10 % more would be let pass)",
                              gib(needed.bytes), needed.stage + 1, gib(memory))};
}

}  // namespace

std::optional<Fault> make_room(TrainingRun& run, Bytes memory) {
  if (memory.value <= 0) return std::nullopt;
  TrainingRun last;
  for (const Savings& savings : choices(run)) {
    last = with(run, savings);
    double kept = 1;
    for (const Saving& saving : savings) {
      kept *= last.precision == Precision::fp8 ? saving.keeps_in_fp8 : saving.keeps_activations;
    }
    if (fullest_stage(last, kept).bytes > memory * slack) continue;
    run = std::move(last);
    return std::nullopt;
  }
  TrainingRun smallest = last;
  smallest.recompute = Recompute::full;
  const Fullest needed = fullest_stage(smallest);
  if (needed.bytes > memory * slack) return no_room(needed, memory);
  run = std::move(last);
  return std::nullopt;
}

}  // namespace shortfall
