#include "harness/hunt.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "harness/in_step.hpp"
#include "harness/search.hpp"

namespace shortfall {
namespace {

// Measures one candidate after another, on buffers that hold the largest.
class Prober {
 public:
  Prober(const Operation& largest, Member& member, const Bench& bench, const Effort& effort)
      : member_(member), bench_(bench), effort_(effort), in_step_{bench.job, bench.watcher} {
    in_step_(Phase::prepare, [&] { return allocate(layout(largest, {}), largest); });
  }

  // Of the slowest rank. One call to warm up and to see how long it takes, then two samples.
  Seconds call_time(const Operation& operation) {
    std::unique_ptr<Prepared> prepared;
    in_step_(Phase::prepare, [&] { return prepare(operation, prepared); });
    bench_.job.barrier();
    Seconds mine{0};
    in_step_(Phase::run, [&] {
      if (!prepared) return;
      const Seconds first = time_of(*prepared, 1);
      const double calls = std::clamp(std::ceil(effort_.sample_time / first), 1.0, 1e4);
      const auto sample = [&] { return time_of(*prepared, static_cast<int>(calls)) / calls; };
      mine = std::min(sample(), sample());
    });
    return bench_.job.slowest(mine).time;
  }

 private:
  Vote allocate(const Layout& buffers, const Operation& largest) {
    if (!member_.world) return {};
    try {
      for (std::size_t i = 0; i < buffers.inputs.size(); ++i) {
        operands_.inputs.push_back(bench_.device.allocate(buffers.inputs[i].bytes()));
        bench_.device.fill(*operands_.inputs[i], input(largest, {}, i, {effort_.seed, 1}));
      }
      operands_.output = bench_.device.allocate(buffers.output.bytes());
    } catch (const OutOfMemory& no) {
      return {Vote::Kind::skip, no.what()};
    }
    return {};
  }

  Vote prepare(const Operation& operation, std::unique_ptr<Prepared>& prepared) {
    if (!member_.world) return {};
    Preparation answer = bench_.device.prepare(operation, operands_);
    if (auto* const no = std::get_if<Unsupported>(&answer)) return {Vote::Kind::skip, no->reason};
    prepared = std::move(std::get<std::unique_ptr<Prepared>>(answer));
    prepared->refresh();
    return {};
  }

  Seconds time_of(Prepared& prepared, int calls) {
    bench_.stream.reserve_stamps(2);
    std::array<Stamp, 2> stamps{};
    {
      const HeldStart together(bench_.stream, calls > 1);
      stamps[0] = bench_.stream.stamp();
      for (int call = 0; call < calls; ++call) prepared.enqueue(bench_.stream);
      stamps[1] = bench_.stream.stamp();
    }
    wait(bench_.stream, member_.communicator.get(), effort_.of_call());
    constexpr Seconds least{1e-9};  // of a clock that has not moved
    return std::max(bench_.stream.elapsed(stamps[0], stamps[1]), least);
  }

  Member& member_;
  const Bench& bench_;
  Effort effort_;
  InStep in_step_;
  Operands operands_;
};

// Each candidate's own parameters, in the order of the search.
struct Choices {
  std::vector<Params> found;  // of the searched axes alone
  std::vector<Operation> operations;
  std::vector<Candidate> candidates;
};

Params joined(Params params, const Params& more) {
  for (const auto& [name, value] : more) params.add(name, value);
  return params;
}

Choices choices_of(const Benchmark& benchmark, const Params& params, const SearchSpace& space) {
  Choices choices;
  for (const Params& found : combinations(space.axes, Profile::full)) {
    choices.operations.push_back(benchmark.operation(joined(params, found)));
    Candidate candidate{{}, work(choices.operations.back(), {}).flop};
    for (const auto& [name, value] : found) candidate.sizes.push_back(found.integer(name));
    choices.candidates.push_back(std::move(candidate));
    choices.found.push_back(found);
  }
  return choices;
}

// What may be spent, so that the best can still be measured before the case is given up.
Seconds time_for(const SearchSpace& space, const Effort& effort) {
  if (space.is_exhaustive) return effort.patience * 0.8;
  return std::min(effort.search, effort.patience * 0.4);
}

Found found_by(const Search& search, const Choices& choices, World& job, Seconds spent) {
  const auto best = static_cast<std::size_t>(
      broadcast(job, static_cast<std::uint64_t>(search.measurements() > 0 ? search.best() : 0)));
  std::string shape;
  Found found{choices.operations[best], {}, {}};
  const auto tell = [&](const std::string& name, double mine) {
    const double value = broadcast(job, mine);
    found.figures.push_back({name, value, value, value, 0, job.host(0)});
  };
  for (const auto& [name, value] : choices.found[best]) {
    shape += (shape.empty() ? "" : "x") + text_of(value);
    tell("best_" + name, static_cast<double>(std::get<std::int64_t>(value)));
  }
  tell("candidates", static_cast<double>(choices.candidates.size()));
  tell("candidates_tried", static_cast<double>(search.tried()));
  tell("candidate_measurements", search.measurements());
  tell("search_s", spent.value);
  found.details = {{"best_shape", shape}};
  const bool is_cut_short = broadcast(job, search.ran_out_of_time());
  if (is_cut_short) found.details.push_back({"search", "time ended before every shape was tried"});
  return found;
}

}  // namespace

Operation largest_operation(const Benchmark& benchmark, const Params& params) {
  Params largest = params;
  if (benchmark.search) {
    for (const Axis& axis : benchmark.search(params).axes)
      largest.add(axis.name, axis.of(Profile::full).back());
  }
  return benchmark.operation(largest);
}

Found hunt(const Benchmark& benchmark, const Params& params, const Bench& bench,
           const Effort& effort) {
  const Seconds begun = bench.job.now();
  const SearchSpace space = benchmark.search(params);
  const Choices choices = choices_of(benchmark, params, space);
  Member& member = bench.groups.at(params.text("group"));
  Prober prober(largest_operation(benchmark, params), member, bench, effort);
  const auto kind = space.is_exhaustive ? Search::Kind::exhaustive : Search::Kind::guided;
  Search search(choices.candidates, time_for(space, effort), kind);
  constexpr std::uint64_t enough = ~std::uint64_t{0};
  while (true) {
    const Seconds start = bench.job.now();
    const bool decides = bench.job.rank() == 0;
    const auto choice = broadcast(bench.job, decides ? search.next().value_or(enough) : enough);
    if (choice == enough) break;
    const Seconds call = prober.call_time(choices.operations[choice]);
    if (decides) search.learn(choice, call, bench.job.now() - start);
  }
  return found_by(search, choices, bench.job, bench.job.now() - begun);
}

}  // namespace shortfall
