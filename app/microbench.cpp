// shortfall_microbench: every case that one rank can do alone as a Google Benchmark, with its
// flags, its JSON and its compare.py; and the cost of our own instrument. It cannot drive the ranks
// of a collective, because Google Benchmark chooses iteration counts per process.
#include <benchmark/benchmark.h>
#include <fmt/core.h>

#include "app/backends_in_use.hpp"
#include "app/instrument.hpp"
#include "app/job.hpp"
#include "harness/operation_trial.hpp"
#include "harness/plan.hpp"

namespace shortfall {
namespace {

struct Bench {
  World& world;
  Device& device;
  Stream& stream;
};

void set_rates(benchmark::State& state, const Work& work, int iterations) {
  const auto add = [&](const char* name, double amount) {
    if (amount > 0) {
      state.counters[name] =
          benchmark::Counter(amount * iterations, benchmark::Counter::kIsIterationInvariantRate);
    }
  };
  add("flop_per_s", work.flop.value);
  add("memory_bytes_per_s", work.memory.value);
  add("cycles_per_s", work.cycles.value);
}

// Armed before, checked after: a wrong result is an error, not a figure.
void measure(benchmark::State& state, const Operation& operation, const Bench& bench) {
  auto made =
      OperationTrial::make(operation, {bench.device, bench.stream, &bench.world, nullptr}, 1);
  if (const auto* const no = std::get_if<Unsupported>(&made))
    return state.SkipWithError(no->reason.c_str());
  Trial& trial = *std::get<std::unique_ptr<OperationTrial>>(made);
  trial.arm(1);
  for ([[maybe_unused]] const auto iteration : state) {
    trial.run();
    wait(bench.stream, nullptr, {60});
  }
  state.counters["iterations_per_call"] = iterations_per_call(operation);
  for (const Figure& figure : trial.figures()) state.counters[figure.name] = figure.value;
  if (const auto wrong = trial.check()) {
    state.SkipWithError(fmt::format("wrong data: element {} is {}, should be {}", wrong->index,
                                    wrong->got, wrong->want)
                            .c_str());
  }
  set_rates(state, work(operation, {}), iterations_per_call(operation));
}

void register_cases(const Bench& bench) {
  const auto all = benchmarks_on(bench.device.kind(), nothing_missing, benchmarks());
  for (const Case& which : make_plan({.profile = Profile::standard}, all).cases) {
    const Benchmark& known = benchmark_named(which.benchmark, all);
    if (known.search) continue;  // takes more than one operation
    const Operation operation = known.operation(which.params);
    if (is_between_ranks(operation) || which.params.text("group") != "all") continue;
    benchmark::RegisterBenchmark(which.key().c_str(), [=](benchmark::State& state) {
      measure(state, operation, bench);
    })->UseRealTime();
  }
}

int run(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 64;
  Job job;
  if (job.world().size() > 1) {
    if (job.is_first())
      fmt::print(stderr,
                 "shortfall_microbench is for one process: start one, or use 'shortfall run'\n");
    return job.is_first() ? 64 : 0;
  }
  const auto known = backends();
  const Backend& computes = choose_device(known, "");
  const auto device = computes.open_device(0);
  const auto stream = device->open_stream();
  const auto signs = computes.open_vitals ? computes.open_vitals("/") : nullptr;
  const Bench bench{job.world(), *device, *stream};
  register_cases(bench);
  register_instrument({job.world(), *device, *stream, signs.get()});
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return 0;
}

}  // namespace
}  // namespace shortfall

int main(int argc, char** argv) { return shortfall::run(argc, argv); }
