#include "harness/parts.hpp"

#include <algorithm>
#include <map>

#include "core/statistics.hpp"
#include "harness/in_step.hpp"
#include "harness/step_case.hpp"

namespace shortfall {
namespace {

constexpr std::size_t executions = 3;

class Tracing {
 public:
  Tracing(RoutineTrial& trial, const Bench& bench, Seconds offset)
      : trial_(trial), bench_(bench), offset_(offset) {}

  void run(Seconds patience) {
    const std::size_t stamps = trial_.steps().size() + 1;
    bench_.stream.reserve_stamps(executions * stamps);
    stamps_.reserve(executions * stamps);
    Member& world = bench_.groups.at("world");
    if (world.communicator) world.communicator->synchronize();
    {
      const HeldStart together(bench_.stream, true);
      for (std::size_t i = 0; i < executions; ++i) trial_.run_stamped(stamps_);
    }
    wait(bench_.stream, world.communicator.get(), patience);
  }

  // Untimed. Every rank asks for the operations in the same order, or they would wait for ever.
  std::vector<Figure> figures() {
    add_times();
    if (bench_.stream.has_host_clock()) {
      for (std::uint32_t i = 0; i < trial_.routine().operations.size(); ++i) add_waiting(i);
    }
    std::vector<Figure> all;
    for (const std::string& name : names_) all.push_back({name, median(sums_[name])});
    return all;
  }

 private:
  Stamp before(std::size_t execution, std::size_t step) const {
    return stamps_[execution * (trial_.steps().size() + 1) + step];
  }

  void add(const std::string& name, std::size_t execution, Seconds time) {
    auto& sums = sums_[name];
    if (sums.empty()) {
      names_.push_back(name);
      sums.resize(executions);
    }
    sums[execution] += time.value;
  }

  void add_times() {
    const auto& steps = trial_.steps();
    for (std::size_t execution = 0; execution < executions; ++execution) {
      for (std::size_t i = 0; i < steps.size(); ++i) {
        const auto& operation = trial_.routine().operations[steps[i].operation];
        add(part_of(operation) + "_s", execution,
            bench_.stream.elapsed(before(execution, i), before(execution, i + 1)));
      }
    }
  }

  // All calls of one operation, by execution: when this rank came, and when the last of its group.
  void add_waiting(std::uint32_t number) {
    const RoutineOperation& operation = trial_.routine().operations[number];
    World* const group = bench_.groups.at(operation.group).world.get();
    if (!is_joint(operation.group) || group == nullptr || group->size() < 2) return;
    const auto& steps = trial_.steps();
    std::vector<Seconds> mine;
    for (std::size_t execution = 0; execution < executions; ++execution) {
      for (std::size_t i = 0; i < steps.size(); ++i) {
        if (steps[i].operation != number) continue;
        mine.push_back(bench_.stream.at(before(execution, i)) + offset_);
      }
    }
    if (mine.empty()) return;
    std::vector<Seconds> last = mine;
    group->slowest_of_each(last);
    const std::size_t calls = mine.size() / executions;
    for (std::size_t i = 0; i < mine.size(); ++i) {
      add(part_of(operation) + ".waiting_s", i / calls, last[i] - mine[i]);
    }
  }

  RoutineTrial& trial_;
  const Bench& bench_;
  Seconds offset_;  // to rank 0's clock
  std::vector<Stamp> stamps_;
  std::vector<std::string> names_;                   // in order of appearance
  std::map<std::string, std::vector<double>> sums_;  // by execution
};

}  // namespace

std::vector<Figure> times_of_parts(RoutineTrial& trial, const Bench& bench, const Effort& effort) {
  const InStep in_step{bench.job, bench.watcher, bench.monitor};
  const Seconds offset = bench.job.clock_offset();
  Tracing tracing(trial, bench, offset);
  std::vector<Figure> figures;
  in_step(Phase::run, [&] { tracing.run(effort.patience); });
  in_step(Phase::check, [&] { figures = tracing.figures(); });
  return figures;
}

}  // namespace shortfall
