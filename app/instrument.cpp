#include "app/instrument.hpp"

#include <benchmark/benchmark.h>

#include "backends/call.hpp"
#include "harness/checkup.hpp"
#include "harness/measurement.hpp"
#include "harness/operation_trial.hpp"
#include "model/prediction.hpp"
#include "model/system/run_system.hpp"
#include "model/workloads/workloads.hpp"

namespace shortfall {
namespace {

using State = benchmark::State;
constexpr double mebibyte = 1 << 20;

// Does nothing, so that what is left is ours.
class NothingDevice final : public Device {
 public:
  explicit NothingDevice(Device& real) : real_(real) {}
  std::string name() const override { return "nothing"; }
  MemoryKind kind() const override { return real_.kind(); }
  std::unique_ptr<Stream> open_stream() override { return real_.open_stream(); }
  std::unique_ptr<Buffer> allocate(Bytes bytes, const Placement& placement) override {
    return real_.allocate(bytes, placement);
  }
  Preparation prepare(const Operation&, Operands&) override {
    return prepared_call([](Stream&) {});
  }
  void fill(Buffer& buffer, const Pattern& pattern) override { real_.fill(buffer, pattern); }
  std::optional<Mismatch> compare(Buffer&, const Pattern&) override { return std::nullopt; }
  std::uint64_t fingerprint(Buffer& buffer, Bytes bytes) override {
    return real_.fingerprint(buffer, bytes);
  }

 private:
  Device& real_;
};

class NobodyWatches final : public Watcher {
 public:
  void enter(Phase) override {}
  void failed_alone(const std::string&) override {}
};

void two_stamps(State& state, Stream& stream) {
  for ([[maybe_unused]] const auto iteration : state) {
    stream.reserve_stamps(2);
    const Stamp start = stream.stamp();
    const Stamp end = stream.stamp();
    benchmark::DoNotOptimize(stream.elapsed(start, end));
  }
}

// The loop of a back-to-back sample: what a call costs beside its work.
void empty_call(State& state, const Instrument& with) {
  NothingDevice nothing(with.device);
  auto made = OperationTrial::make(ClockRead{}, {nothing, with.stream, &with.world, nullptr}, 1);
  Trial& trial = *std::get<std::unique_ptr<OperationTrial>>(made);
  trial.arm(1);
  for ([[maybe_unused]] const auto iteration : state) trial.run();
}

// A whole case of nothing with 10 samples: three batches of warm-up, one that is measured, their
// votes and the vital signs.
void empty_case(State& state, const Instrument& with) {
  NothingDevice nothing(with.device);
  NobodyWatches nobody;
  Groups groups(with.world, {});
  const Benchmark benchmark{.name = "nothing",
                            .suite = Suite::latency,
                            .summary = {},
                            .axes = {},
                            .operation = [](const Params&) { return ClockRead{}; }};
  const Case which{"nothing", Params(std::vector<Params::Entry>{{"group", "all"}})};
  const Effort effort{.samples = 10, .sample_time = {0}};
  for ([[maybe_unused]] const auto iteration : state) {
    benchmark::DoNotOptimize(run_case(
        which, benchmark, {with.world, nothing, with.stream, groups, nobody, with.signs}, effort));
  }
}

void vote(State& state, World& world) {
  for ([[maybe_unused]] const auto iteration : state) benchmark::DoNotOptimize(world.vote({}));
}

void barrier(State& state, World& world) {
  for ([[maybe_unused]] const auto iteration : state) world.barrier();
}

void vital_signs(State& state, World& world, VitalSigns* signs) {
  Checkup checkup(world, signs);
  for ([[maybe_unused]] const auto iteration : state) {
    checkup.before();
    checkup.after();
    benchmark::DoNotOptimize(checkup.diagnose());
  }
}

void count_bytes(State& state) {
  state.counters["bytes_per_s"] =
      benchmark::Counter(mebibyte, benchmark::Counter::kIsIterationInvariantRate);
}

Operation sum_of_two() { return Collective{Collective::Kind::all_reduce, {mebibyte}, DType::f32}; }

void fill(State& state, Device& device) {
  const auto buffer = device.allocate({mebibyte});
  for ([[maybe_unused]] const auto iteration : state)
    device.fill(*buffer, input(sum_of_two(), {0, 2}, 0, {}));
  count_bytes(state);
}

void compare(State& state, Device& device) {
  const auto buffer = device.allocate({mebibyte});
  const Pattern want = *expected(sum_of_two(), {0, 2}, {});
  device.fill(*buffer, want);
  for ([[maybe_unused]] const auto iteration : state)
    benchmark::DoNotOptimize(device.compare(*buffer, want));
  count_bytes(state);
}

void predicted_step(State& state, const std::string& workload) {
  TrainingRun run = workload_named(workload);
  run.gpu = "H100 SXM5 80GB";  // any does; those for processors have none
  const SystemModel system = system_of(run, built_in(), workload);
  for ([[maybe_unused]] const auto iteration : state) {
    benchmark::DoNotOptimize(predicted_step(run, system));
  }
}

template <class Function>
void add(const std::string& name, Function function) {
  benchmark::RegisterBenchmark(name.c_str(),
                               function);  // by CPU time: nothing here waits for others
}

}  // namespace

void register_instrument(const Instrument& with) {
  add("instrument/two_stamps", [with](State& state) { two_stamps(state, with.stream); });
  add("instrument/empty_call", [with](State& state) { empty_call(state, with); });
  add("instrument/empty_case", [with](State& state) { empty_case(state, with); });
  add("instrument/vote", [with](State& state) { vote(state, with.world); });
  add("instrument/barrier", [with](State& state) { barrier(state, with.world); });
  add("instrument/vital_signs",
      [with](State& state) { vital_signs(state, with.world, with.signs); });
  add("instrument/fill_1MiB", [with](State& state) { fill(state, with.device); });
  add("instrument/compare_1MiB", [with](State& state) { compare(state, with.device); });
  for (const Workload& workload : workloads()) {
    add("instrument/predicted_step_" + workload.name,
        [name = workload.name](State& state) { predicted_step(state, name); });
  }
}

}  // namespace shortfall
