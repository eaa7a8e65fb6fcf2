#include "harness/apart.hpp"

#include <algorithm>
#include <utility>

#include "core/statistics.hpp"
#include "harness/begun_result.hpp"
#include "harness/or_give_up.hpp"
#include "harness/per_rank.hpp"
#include "harness/step_case.hpp"
#include "harness/trials.hpp"

namespace shortfall {
namespace {

// Of each rank, which may share a cache with others; they all sweep at the same time. A routine
// whose operands are fewer leaves in a cache what it needs next.
Bytes swept(Bytes cache, Bytes held) {
  constexpr Bytes most{double{1U << 28U}};
  return std::min({cache * 1.5, held, most});
}

}  // namespace

Apart::Apart(RoutineTrial& trial, const Bench& bench, const Effort& effort)
    : trial_(trial),
      bench_(bench),
      patience_(effort.patience),
      in_step_{bench.job, bench.watcher, bench.monitor} {
  prepare_sweep(effort.seed);
  const std::vector<RoutineOperation>& operations = trial.routine().operations;
  const std::vector<int> times = counts(trial.routine());
  for (std::uint32_t i = 0; i < operations.size(); ++i) {
    if (times[i] == 0 || std::holds_alternative<Attention>(operations[i].operation)) continue;
    Case which = step_case(operations[i]);
    const auto same = std::ranges::find(all_, which.key(), [](auto& a) { return a.which.key(); });
    if (same != all_.end()) {  // of another part
      same->times += times[i];
    } else {
      all_.push_back({i, times[i], std::move(which), {}, trial.copies_of(times[i])});
    }
  }
  in_step_.others_hear = std::ranges::any_of(all_, [&](const Alone& alone) {
    const Member& member = bench.groups.at(operations[alone.operation].group);
    return member.communicator && member.communicator->survives_abort();
  });
  if (bench.job.size() > 1) add_by_first_rank();
}

// What ranks take from one another when they compute at the same time.
void Apart::add_by_first_rank() {
  const auto flop = [&](const Alone& alone) {
    const RoutineOperation& operation = trial_.routine().operations[alone.operation];
    const bool is_candidate =
        std::holds_alternative<Gemm>(operation.operation) && operation.group == "all";
    return is_candidate ? work(operation.operation, {}).flop.value * alone.times : 0;
  };
  const auto heaviest = std::ranges::max_element(all_, {}, flop);
  if (heaviest == all_.end() || flop(*heaviest) <= 0) return;
  Alone by_first = *heaviest;
  RoutineOperation operation = trial_.routine().operations[by_first.operation];
  operation.group = "one";
  by_first.which = step_case(operation);
  by_first.times = 0;
  by_first.by_first_rank = true;
  all_.push_back(std::move(by_first));
}

bool Apart::is_mine(const Alone& alone) const {
  const bool is_idle = alone.by_first_rank && bench_.job.rank() > 0;
  return !is_idle && trial_.trial_of(alone.operation) != nullptr;
}

// Where a rank has no cache that it knows of, or no memory for it, nobody sweeps.
void Apart::prepare_sweep(std::uint64_t seed) {
  const std::vector<double> all =
      gather(bench_.job, swept(bench_.device.cache(), trial_.held()).value);
  const Bytes least{*std::ranges::min_element(all)};
  if (least <= Bytes{0}) return;
  try {
    const MemoryPass pass{MemoryPass::Kind::read, least};
    sweep_ = prepare_trial(pass, "all", Benchmark{}, bench_, seed);
    in_step_(Phase::arm, [&] { sweep_->arm(1); });
  } catch (const Stopped& stopped) {  // on all ranks alike
    if (stopped.ballot.vote.kind != Vote::Kind::skip) throw;
    sweep_.reset();
  }
}

void Apart::run() {
  constexpr double often = 0.1;  // of the time
  if (std::exchange(is_first_, false)) {
    const Seconds start = bench_.job.now(), waited_before = waited();
    take_turn();
    const Seconds took = bench_.job.now() - start;
    const double share = took > Seconds{0} ? (waited() - waited_before) / took : 0;
    if (bench_.job.slowest({share}).time.value < often) return;
    lengthen();
  }
  take_turn();
}

void Apart::take_turn() {
  for (Alone& alone : all_) {
    in_step_(Phase::run, [&] { sweep(); });
    bench_.job.barrier();
    in_step_(Phase::run, [&] {
      or_give_up(bench_, bench_.stream, patience_, [&] { alone.mine.push_back(time_of(alone)); });
    });
  }
}

Seconds Apart::waited() const {
  return bench_.vitals ? bench_.vitals->of_rank().waited.value_or(Seconds{0}) : Seconds{0};
}

// The turn before was too short to be counted. All ranks get the same numbers of calls: the times
// are those of the slowest.
void Apart::lengthen() {
  constexpr Seconds slices{0.02};
  constexpr double most = 1000;
  std::vector<Seconds> times;
  for (const Alone& alone : all_) times.push_back(alone.mine.back());
  bench_.job.slowest_of_each(times);
  for (std::size_t i = 0; i < all_.size(); ++i) {
    all_[i].mine.clear();
    if (times[i] <= Seconds{0}) continue;
    all_[i].calls = std::max(all_[i].calls, static_cast<int>(std::min(slices / times[i], most)));
  }
}

void Apart::sweep() {
  if (sweep_) sweep_->run();
  wait(bench_.stream, nullptr, patience_);
}

Seconds Apart::time_of(const Alone& alone) {
  if (!is_mine(alone)) return {};
  OperationTrial* const trial = trial_.trial_of(alone.operation);
  const RoutineOperation& operation = trial_.routine().operations[alone.operation];
  const Member& member = bench_.groups.at(operation.group);
  bench_.stream.reserve_stamps(2);
  Stamp begun{}, ended{};
  {
    const HeldStart together(bench_.stream, true);
    // Or the times of exchanges would be of waiting for one another.
    if (member.communicator && is_between_ranks(operation.operation)) {
      member.communicator->line_up(bench_.stream);
    }
    begun = bench_.stream.stamp();
    for (int call = 0; call < alone.calls; ++call) trial->run();
    ended = bench_.stream.stamp();
  }
  wait(bench_.stream, member.communicator.get(), patience_);
  return bench_.stream.elapsed(begun, ended) / alone.calls;
}

std::vector<Figure> Apart::figures() const {
  const std::size_t turns = all_.empty() ? 0 : all_.front().mine.size();
  if (turns == 0) return {};
  std::vector<double> computing(turns), together(turns);
  for (const Alone& alone : all_) {
    if (is_between_ranks(trial_.routine().operations[alone.operation].operation)) continue;
    std::vector<Seconds> slowest = alone.mine;
    bench_.job.slowest_of_each(slowest);
    for (std::size_t turn = 0; turn < turns; ++turn) {
      computing[turn] += alone.mine[turn].value * alone.times;
      together[turn] += slowest[turn].value * alone.times;
    }
  }
  const double mine = median(computing);
  return {{"step_computing_s", mine},
          {"step_computing_typical_s", lower_median(gather(bench_.job, mine))},
          {"step_computing_together_s", median(together)}};
}

Measured Apart::measured(const Alone& alone) const {
  std::vector<Seconds> slowest = alone.mine;
  bench_.job.slowest_of_each(slowest);
  Measured measured;
  measured.timing.throughput = summarize(slowest);
  measured.per_rank = per_rank(
      bench_.job, is_mine(alone) ? std::optional(summarize(alone.mine).median) : std::nullopt);
  const double times = alone.times;
  measured.figures.push_back({"times_in_step", times, times, times, 0, bench_.job.host(0)});
  return measured;
}

std::vector<Result> Apart::results(const std::string& turn) const {
  std::vector<Result> all;
  for (const Alone& alone : all_) {
    Case which = alone.which;
    const int ranks =
        std::max(bench_.groups.largest(which.params.text("group"), Carrier::communicator), 1);
    which.params.add("turn", turn);
    all.push_back(begun_result(which, Suite::workload, bench_.device));
    const RoutineOperation& operation = trial_.routine().operations[alone.operation];
    all.back().backend = backend_of(operation.operation, bench_.device, bench_.groups);
    all.back().work = work(operation.operation, {0, ranks});
    all.back().outcome = measured(alone);
  }
  return all;
}

}  // namespace shortfall
