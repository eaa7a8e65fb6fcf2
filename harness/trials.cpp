#include "harness/trials.hpp"

#include <algorithm>
#include <limits>

#include "harness/in_step.hpp"

namespace shortfall {
namespace {

InStep step_of(const Bench& bench) { return {bench.job, bench.watcher, bench.monitor}; }

// Ranks must use the same copy at the same time: its numbers are its own.
std::size_t least_of_ranks(World& job, std::size_t mine) {
  const auto all = gather(job, static_cast<std::uint64_t>(mine));
  return static_cast<std::size_t>(*std::ranges::min_element(all));
}

std::size_t copies_for_step(const Operation& operation, const std::string& group,
                            const Bench& bench) {
  std::size_t mine = std::numeric_limits<std::size_t>::max();  // of an idle rank
  step_of(bench)(Phase::prepare, [&] {
    const World* const world = bench.groups.at(group).world.get();
    if (world == nullptr) return;
    const Layout buffers = layout(operation, {world->rank(), world->size()});
    mine = OperationTrial::copies_within_reason(footprint(buffers), bench.device.cache());
  });
  return least_of_ranks(bench.job, mine);
}

}  // namespace

std::unique_ptr<Trial> prepare_trial(const Operation& operation, const std::string& group,
                                     const Benchmark& benchmark, const Bench& bench,
                                     std::uint64_t seed) {
  std::optional<std::size_t> copies;
  if (benchmark.is_step) copies = copies_for_step(operation, group, bench);
  std::unique_ptr<Trial> trial;
  step_of(bench)(Phase::prepare, [&]() -> Vote {
    const Member& member = bench.groups.at(group, operation);
    if (!member.world) return {};
    auto answer = OperationTrial::make(
        operation, {bench.device, bench.stream, member.world.get(), member.communicator.get()},
        seed, copies);
    if (auto* const no = std::get_if<Unsupported>(&answer)) return {Vote::Kind::skip, no->reason};
    trial = std::get<std::unique_ptr<OperationTrial>>(std::move(answer));
    return {};
  });
  return trial;
}

std::unique_ptr<RoutineTrial> prepare_trial(const Routine& routine, Bytes most_memory,
                                            const Bench& bench, std::uint64_t seed) {
  const RoutineTrial::Where where{bench.device, bench.stream, bench.groups};
  std::size_t mine = 1;
  step_of(bench)(Phase::prepare, [&]() -> Vote {
    const auto copies = RoutineTrial::copies(routine, where, most_memory);
    if (const auto* const no = std::get_if<Unsupported>(&copies))
      return {Vote::Kind::skip, no->reason};
    mine = std::get<std::size_t>(copies);
    return {};
  });
  const std::size_t copies = least_of_ranks(bench.job, mine);
  std::unique_ptr<RoutineTrial> trial;
  step_of(bench)(Phase::prepare, [&]() -> Vote {
    auto answer = RoutineTrial::make(routine, where, copies, seed);
    if (auto* const no = std::get_if<Unsupported>(&answer)) return {Vote::Kind::skip, no->reason};
    trial = std::get<std::unique_ptr<RoutineTrial>>(std::move(answer));
    return {};
  });
  return trial;
}

}  // namespace shortfall
