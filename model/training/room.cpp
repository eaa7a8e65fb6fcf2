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

Fullest fullest_stage(const TrainingRun& run) {
  Fullest most;
  for (const Stage& stage : stages(run)) {
    const Bytes bytes = memory(run, stage).total();
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
};

// That takes least time first: sharding the optimizer exchanges as much as an all-reduce does,
// computing the forward pass again takes a third more.
constexpr Saving shard{"fsdp_or_zero = none", "fsdp_or_zero = ZeRO-1, for lack of memory",
                       [](TrainingRun& run) { run.sharding = Sharding::optimizer; }};
constexpr Saving recompute{"recompute = none", "recompute = full, for lack of memory",
                           [](TrainingRun& run) { run.recompute = Recompute::full; }};

using Savings = std::vector<Saving>;

bool is_untold(const TrainingRun& run, const Saving& saving) {
  return std::ranges::count(run.assumed, saving.untold) > 0;
}

// Of those that are left to us, in the order in which they are tried.
std::vector<Savings> choices(const TrainingRun& run) {
  std::vector<Savings> all{{}};
  if (is_untold(run, shard)) all.push_back({shard});
  if (is_untold(run, recompute)) all.push_back({recompute});
  if (all.size() == 3) all.push_back({shard, recompute});
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
  const auto fits = [&](const TrainingRun& one) {
    return fullest_stage(one).bytes <= memory * slack;
  };
  TrainingRun last;
  for (const Savings& savings : choices(run)) {
    last = with(run, savings);
    if (!fits(last)) continue;
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
