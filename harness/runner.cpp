#include "harness/runner.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "harness/measurement.hpp"

namespace shortfall {
namespace {

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
  InStep{bench.job, bench.watcher}(Phase::prepare, [&]() -> Vote {
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

Outcome try_case(const Operation& operation, const std::string& group, const Bench& bench,
                 const Effort& effort) {
  try {
    const auto trial = prepare(operation, group, bench, effort.seed);
    return Measurement(operation, trial.get(), bench.groups.at(group), bench, effort).run();
  } catch (const Stopped& stopped) {
    const auto& [vote, rank] = stopped.ballot;
    if (vote.kind == Vote::Kind::skip) return Skipped{vote.reason};
    return Failed{rank, bench.job.host(rank), vote.reason};
  }
}

}  // namespace

Result run_case(const Case& which, const Benchmark& benchmark, const Bench& bench,
                const Effort& effort) {
  const Operation operation = benchmark.operation(which.params);
  const std::string& kind = which.params.text("group");
  Result result{.key = which.key(),
                .benchmark = benchmark.name,
                .suite = benchmark.suite,
                .device = bench.device.name(),
                .backend = {},
                .memory = bench.device.kind() == MemoryKind::host ? "host" : "cuda",
                .params = which.params,
                .work = {},
                .outcome = Skipped{why_not(benchmark, kind, bench)}};
  result.work = work(operation, {0, std::max(bench.groups.largest(kind), 1)});
  result.backend = result.device;
  if (!std::get<Skipped>(result.outcome).reason.empty()) return result;
  result.outcome = try_case(operation, kind, bench, effort);
  result.backend = describe_backend(operation, bench, bench.groups.at(kind));
  return result;
}

}  // namespace shortfall
