#include "harness/benchmark.hpp"

#include <algorithm>

#include "core/error.hpp"

namespace shortfall {
namespace {

void move_to_accelerator(Benchmark& benchmark) {
  for (Axis& axis : benchmark.axes) axis = on_accelerator(std::move(axis));
  if (benchmark.accelerated_operation) {
    benchmark.operation = std::move(benchmark.accelerated_operation);
  }
}

using Missing = std::function<std::string(Carrier)>;

std::string why_not_on(bool is_host, const Missing& missing, const Benchmark& benchmark) {
  if (!is_host && benchmark.runs == Runs::on_host) return "is measured on the host: --device host";
  if (is_host && benchmark.runs == Runs::on_accelerator) {
    return "is measured on an accelerator, such as --device cuda";
  }
  if (auto why = nothing_to_run(benchmark); !why.empty()) return why;
  const Carrier by = benchmark.needs.by;
  return benchmark.needs.ranks > 1 || by != Carrier::communicator ? missing(by) : "";
}

}  // namespace

std::string nothing_to_run(const Benchmark& benchmark) {
  return benchmark.operation || benchmark.routine ? "" : "is executed by 'run --workload'";
}

void set_routine(std::vector<Benchmark>& all, const std::string& benchmark, Routine routine,
                 Bytes most_memory) {
  const auto found = std::ranges::find(all, benchmark, &Benchmark::name);
  if (found == all.end()) throw Error("execute a routine", "no benchmark '" + benchmark + "'");
  found->routine = [routine = std::move(routine)](const Params&) { return routine; };
  found->most_memory = most_memory;
  found->not_here.clear();
}

std::vector<Benchmark> benchmarks_on(MemoryKind memory, const Missing& missing,
                                     std::vector<Benchmark> all) {
  const bool is_host = memory == MemoryKind::host;
  for (Benchmark& benchmark : all) {
    if (is_host) {
      std::erase_if(benchmark.axes, [](const Axis& axis) { return axis.only_on_accelerators; });
    } else {
      move_to_accelerator(benchmark);
    }
    benchmark.not_here = why_not_on(is_host, missing, benchmark);
  }
  return all;
}

}  // namespace shortfall
