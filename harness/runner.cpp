#include "harness/runner.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "harness/hunt.hpp"
#include "harness/measurement.hpp"

namespace shortfall {
namespace {

// The first rank of the largest group.
Group first_of(const std::string& kind, const Bench& bench) {
  return {0, std::max(bench.groups.largest(kind), 1)};
}

// Why the job as a whole cannot do this case; empty if it can.
std::string why_not(const Benchmark& benchmark, const std::string& kind, const Bench& bench) {
  const int together = bench.groups.largest(kind);
  if (together >= benchmark.needs.ranks && together > 0) return {};
  return fmt::format("needs {} ranks in a group; the largest of '{}' on this job has {}",
                     std::max(benchmark.needs.ranks, 1), kind, together);
}

std::string describe_backend(const Operation& operation, const Bench& bench, const Member& member) {
  const bool moves = is_between_ranks(operation) && member.communicator;
  return moves ? member.communicator->name() : bench.device.name();
}

std::unique_ptr<Trial> prepare(const Operation& operation, const std::string& group,
                               const Bench& bench, std::uint64_t seed) {
  std::unique_ptr<Trial> trial;
  InStep{bench.job, bench.watcher, bench.monitor}(Phase::prepare, [&]() -> Vote {
    const Member& member = bench.groups.at(group);
    if (!member.world) return {};
    auto answer = Trial::make(
        operation, {bench.device, bench.stream, member.world.get(), member.communicator.get()},
        seed);
    if (auto* const no = std::get_if<Unsupported>(&answer)) return {Vote::Kind::skip, no->reason};
    trial = std::get<std::unique_ptr<Trial>>(std::move(answer));
    return {};
  });
  return trial;
}

// What is asked for, or found by searching; the seconds of the search are its own.
Found operation_of(const Case& which, const Benchmark& benchmark, const Bench& bench,
                   const Effort& effort) {
  if (!benchmark.search) return {benchmark.operation(which.params), {}, {}};
  return hunt(benchmark, which.params, bench, effort);
}

Measured measure(const Found& found, const std::string& group, const Bench& bench,
                 const Effort& effort) {
  const auto trial = prepare(found.operation, group, bench, effort.seed);
  Measured measured =
      Measurement(found.operation, trial.get(), bench.groups.at(group), bench, effort).run();
  const auto append = [](auto& to, const auto& more) {
    to.insert(to.end(), more.begin(), more.end());
  };
  append(measured.details, found.details);
  append(measured.figures, found.figures);
  return measured;
}

void try_case(Result& result, const Case& which, const Benchmark& benchmark, const Bench& bench,
              const Effort& effort) {
  const std::string& group = which.params.text("group");
  Effort with_soak = effort;
  with_soak.soak = benchmark.soak;
  try {
    const Found found = operation_of(which, benchmark, bench, effort);
    result.work = work(found.operation, first_of(group, bench));
    result.outcome = measure(found, group, bench, with_soak);
  } catch (const Stopped& stopped) {
    const auto& [vote, rank] = stopped.ballot;
    if (vote.kind == Vote::Kind::skip) {
      result.outcome = Skipped{vote.reason};
    } else {
      result.outcome = Failed{rank, bench.job.host(rank), vote.reason};
    }
  }
}

}  // namespace

Result run_case(const Case& which, const Benchmark& benchmark, const Bench& bench,
                const Effort& effort) {
  const Operation largest = largest_operation(benchmark, which.params);
  const std::string& kind = which.params.text("group");
  Result result{.key = which.key(),
                .benchmark = benchmark.name,
                .suite = benchmark.suite,
                .device = bench.device.name(),
                .backend = bench.device.name(),
                .memory = bench.device.kind() == MemoryKind::host ? "host" : "cuda",
                .params = which.params,
                .work = work(largest, first_of(kind, bench)),
                .outcome = Skipped{why_not(benchmark, kind, bench)}};
  if (!std::get<Skipped>(result.outcome).reason.empty()) return result;
  try_case(result, which, benchmark, bench, effort);
  result.backend = describe_backend(largest, bench, bench.groups.at(kind));
  return result;
}

}  // namespace shortfall
