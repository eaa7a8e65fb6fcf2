#include "harness/runner.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/text.hpp"
#include "harness/apart.hpp"
#include "harness/begun_result.hpp"
#include "harness/figures.hpp"
#include "harness/hunt.hpp"
#include "harness/interference.hpp"
#include "harness/measurement.hpp"
#include "harness/parts.hpp"
#include "harness/trials.hpp"

namespace shortfall {
namespace {

// The first rank of the largest group.
Group first_of(const std::string& kind, Carrier carrier, const Bench& bench) {
  return {0, std::max(bench.groups.largest(kind, carrier), 1)};
}

// Why the job as a whole cannot do this case; empty if it can.
std::string why_not(const Benchmark& benchmark, const std::string& kind, const Bench& bench) {
  if (auto why = nothing_to_run(benchmark); !why.empty()) return why;
  const int together = bench.groups.largest(kind, benchmark.needs.by);
  if (together >= benchmark.needs.ranks && together > 0) return {};
  const std::vector<int> absent = bench.groups.without(benchmark.needs.by);
  return fmt::format(
      "needs {} ranks in a group; the largest of '{}' on this job has {}{}",
      std::max(benchmark.needs.ranks, 1), kind, together,
      absent.empty() ? ""
                     : fmt::format(", without rank {}, which cannot take part", cpu_list(absent)));
}

// What is asked for, or found by searching; the seconds of the search are its own.
Found operation_of(const Case& which, const Benchmark& benchmark, const Bench& bench,
                   const Effort& effort) {
  if (!benchmark.search) return {benchmark.operation(which.params), {}, {}};
  return hunt(benchmark, which.params, bench, effort);
}

constexpr auto append = [](auto& to, const auto& more) {
  to.insert(to.end(), more.begin(), more.end());
};

Measured measure(const Found& found, const std::string& group, const Benchmark& benchmark,
                 const Bench& bench, const Effort& effort) {
  const auto trial = prepare_trial(found.operation, group, benchmark, bench, effort.seed);
  const Manner usual = manner_of(found.operation);
  Measured measured = Measurement(benchmark.is_step ? only_back_to_back(usual) : usual, trial.get(),
                                  bench.groups.at(group, found.operation), bench, effort)
                          .run();
  append(measured.details, found.details);
  append(measured.figures, found.figures);
  return measured;
}

struct Tried {
  Result result;
  std::vector<Result> in_turn;  // what was measured beside it
};

// Every execution is a sample, unless its benchmark says how long one has to be: a training step is
// long, and ranks meet in it often.
Measured measure(const Routine& routine, const Case& which, const Benchmark& benchmark,
                 const Bench& bench, Effort effort, std::vector<Result>& in_turn) {
  constexpr int fewest = 10, executions_of_turn = 2;
  effort.sample_time = benchmark.sample_time;
  effort.fewest = fewest;
  const auto trial = prepare_trial(routine, benchmark.most_memory, bench, effort.seed);
  Apart apart(*trial, bench, effort);
  Measurement executions({}, trial.get(), bench.groups.at(which.params.text("group")), bench,
                         effort);
  executions.in_turn_with([&] { apart.run(); }, executions_of_turn);
  Measured measured = executions.run();
  append(measured.figures, over_ranks(bench.job, times_of_parts(*trial, bench, effort)));
  append(measured.figures, over_ranks(bench.job, apart.figures()));
  in_turn = apart.results(which.benchmark);
  for (Result& beside : in_turn) {  // observed together
    std::get<Measured>(beside.outcome).vitals = measured.vitals;
  }
  return measured;
}

Work work_of(const Routine& routine, const Bench& bench) {
  const std::vector<int> times = counts(routine);
  Work sum;
  for (std::size_t i = 0; i < times.size(); ++i) {
    const auto& [operation, group, phase, part] = routine.operations[i];
    for (int n = 0; n < times[i]; ++n)
      sum = sum + work(operation, first_of(group, carrier_of(operation), bench));
  }
  return sum;
}

// Of a routine only once its groups were formed: it may name one that nobody knows.
Work work_of(const Case& which, const Benchmark& benchmark, const Bench& bench) {
  if (!benchmark.operation) return {};
  return work(largest_operation(benchmark, which.params),
              first_of(which.params.text("group"), benchmark.needs.by, bench));
}

// As the benchmark wants it.
Effort effort_of(const Benchmark& benchmark, Effort effort) {
  effort.soak = benchmark.soak;
  if (benchmark.sample_time > Seconds{0}) effort.sample_time = benchmark.sample_time;
  return effort;
}

Outcome outcome_of(const Ballot& ballot, const World& job) {
  const auto& [vote, rank] = ballot;
  if (vote.kind == Vote::Kind::skip) return Skipped{vote.reason};
  return Failed{rank, job.host(rank), vote.reason};
}

void try_case(Tried& tried, const Case& which, const Benchmark& benchmark, const Bench& bench,
              const Effort& effort) {
  Result& result = tried.result;
  const std::string& group = which.params.text("group");
  const Effort wanted = effort_of(benchmark, effort);
  try {
    if (benchmark.routine) {
      const Routine routine = benchmark.routine(which.params);
      result.outcome = measure(routine, which, benchmark, bench, wanted, tried.in_turn);
      result.work = work_of(routine, bench);
      return;
    }
    if (benchmark.pairing) {
      result.work = work_of(which, benchmark, bench);
      result.outcome =
          Interference(benchmark, benchmark.pairing(which.params), group, bench, wanted).run();
      return;
    }
    const Found found = operation_of(which, benchmark, bench, effort);
    result.work = work(found.operation, first_of(group, benchmark.needs.by, bench));
    result.outcome = measure(found, group, benchmark, bench, wanted);
  } catch (const Stopped& stopped) {
    result.outcome = outcome_of(stopped.ballot, bench.job);
    if (std::holds_alternative<Failed>(result.outcome)) bench.groups.give_up_connections();
  }
}

// Nothing of it was done yet.
Result begun(const Case& which, const Benchmark& benchmark, const Bench& bench) {
  Result result = begun_result(which, benchmark.suite, bench.device);
  if (benchmark.operation && placement(largest_operation(benchmark, which.params)).is_on_host) {
    result.memory = "host";
  }
  result.work = work_of(which, benchmark, bench);
  return result;
}

void tell_backend(Result& result, const Benchmark& benchmark, const Bench& bench) {
  if (!benchmark.operation) return;
  result.backend =
      backend_of(largest_operation(benchmark, result.params), bench.device, bench.groups);
}

// Who was idle, as rank 0 may be, is told by those who were not.
void agree_on_backend(Result& result, const Bench& bench) {
  const auto knowing = gather(bench.job, static_cast<int>(result.backend != bench.device.name()));
  const auto lowest = std::ranges::find(knowing, 1);
  if (lowest == knowing.end()) return;
  result.backend = broadcast(bench.job, result.backend, static_cast<int>(lowest - knowing.begin()));
}

Tried tried(const Case& which, const Benchmark& benchmark, const Bench& bench,
            const Effort& effort) {
  const std::string& kind = which.params.text("group");
  Tried tried;
  Result& result = tried.result;
  result = begun(which, benchmark, bench);
  result.outcome = Skipped{why_not(benchmark, kind, bench)};
  if (!std::get<Skipped>(result.outcome).reason.empty()) return tried;
  try_case(tried, which, benchmark, bench, effort);
  tell_backend(result, benchmark, bench);
  agree_on_backend(result, bench);
  return tried;
}

}  // namespace

Result run_case(const Case& which, const Benchmark& benchmark, const Bench& bench,
                const Effort& effort) {
  return tried(which, benchmark, bench, effort).result;
}

std::vector<Result> run_routine(const Case& which, const Benchmark& benchmark, const Bench& bench,
                                const Effort& effort) {
  auto [result, all] = tried(which, benchmark, bench, effort);
  all.insert(all.begin(), std::move(result));
  return all;
}

Result stopped_result(const Case& which, const Benchmark& benchmark, const Bench& bench,
                      const Ballot& ballot) {
  Result result = begun(which, benchmark, bench);
  result.outcome = outcome_of(ballot, bench.job);
  tell_backend(result, benchmark, bench);
  return result;
}

}  // namespace shortfall
