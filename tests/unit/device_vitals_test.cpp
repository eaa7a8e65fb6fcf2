// The signs of the devices of all ranks, put together; and that every case has them.
#include <gtest/gtest.h>

#include "harness/device_checkup.hpp"
#include "harness/runner.hpp"
#include "report/report.hpp"
#include "tests/unit/fakes.hpp"

namespace shortfall {
namespace {

const std::vector<std::string> hosts{"a", "a", "b"};

DeviceSigns signs(std::uint64_t identity, double clock) {
  DeviceSigns s;
  s.identity = identity;
  s.samples = 10;
  s.active = 1;
  s.clock = clock;
  s.power = 600;
  s.energy = 600;
  s.fault = 0;
  s.residency.fill(0);
  return s;
}

std::vector<DeviceSigns> three() { return {signs(1, 1.9e9), signs(2, 1.5e9), signs(1, 1.8e9)}; }

TEST(DeviceVitals, TellTheMedianAndTheWorstOfEachFigure) {
  auto all = three();
  all[2].temperature = 71;
  all[0].temperature = 64;

  const auto found = device_vitals(all, hosts);

  ASSERT_TRUE(found);
  EXPECT_EQ(found->ranks, 3U);
  EXPECT_EQ(found->clock->median, 1.8e9);
  EXPECT_EQ(found->clock->worst.value, 1.5e9) << "the slowest";
  EXPECT_EQ(found->clock->worst.rank, 1);
  EXPECT_EQ(found->clock->worst.host, "a");
  EXPECT_EQ(found->temperature->worst.value, 71) << "the hottest, of those that tell";
  EXPECT_EQ(found->temperature->worst.host, "b");
  EXPECT_FALSE(found->memory_temperature) << "which nobody told";
}

TEST(DeviceVitals, AreNoneWithoutAMonitor) {
  EXPECT_FALSE(device_vitals(std::vector<DeviceSigns>(3), hosts));
}

TEST(DeviceVitals, LeaveOutIdleRanks) {
  auto all = three();
  all[1] = {};

  const auto found = device_vitals(all, hosts);

  EXPECT_EQ(found->ranks, 2U);
  EXPECT_EQ(found->clock->worst.value, 1.8e9);
  EXPECT_EQ(found->energy, Joules{1200});
}

TEST(DeviceVitals, NameTheReasonsOfTheWorstRank) {
  auto all = three();
  const auto at = [](ClockReason reason) { return static_cast<std::size_t>(reason); };
  all[0].residency[at(ClockReason::power_cap)] = 0.5;
  all[1].residency[at(ClockReason::power_cap)] = 0.75;
  all[2].residency[at(ClockReason::hardware_thermal)] = 0.1;

  const auto found = device_vitals(all, hosts)->clock_reasons;

  ASSERT_TRUE(found);
  ASSERT_EQ(found->size(), 2U);
  EXPECT_EQ((*found)[0].first, "power_cap");
  EXPECT_EQ((*found)[0].second.value, 0.75);
  EXPECT_EQ((*found)[0].second.rank, 1);
  EXPECT_EQ((*found)[1].first, "hardware_thermal");
  EXPECT_EQ((*found)[1].second.host, "b");
}

TEST(DeviceVitals, KnowNoReasonsThatNobodyTells) {
  auto all = three();
  for (DeviceSigns& one : all) one.residency = DeviceSigns::all_not_told();

  EXPECT_FALSE(device_vitals(all, hosts)->clock_reasons);
}

TEST(DeviceVitals, CountTheEnergyOfASharedDeviceOnce) {
  auto all = three();
  all[1].identity = 1;  // as rank 0, on the same host; rank 2's is on another one

  EXPECT_EQ(device_vitals(all, hosts)->energy, Joules{1200});
}

TEST(DeviceVitals, KnowNoEnergyIfOneDeviceDoesNotTell) {
  auto all = three();
  all[2].energy = not_told;

  EXPECT_FALSE(device_vitals(all, hosts)->energy);
}

// Answers by hand, and notes what it was asked.
struct ScriptedMonitor final : DeviceMonitor {
  void begin() override { calls += "begin "; }
  void resume() override { calls += "resume "; }
  void pause() override { calls += "pause "; }
  DeviceSigns end() override {
    calls += "end";
    return answer;
  }
  std::string last_fault() override { return fault; }
  std::string calls, fault;
  DeviceSigns answer = signs(1, 1.5e9);
};

struct Watched {
  Result result;
  std::string calls;
};

Watched run_watched(fake::Job::Rank& world, ScriptedMonitor& monitor,
                    const std::function<void(Operands&)>& work, Seconds& now) {
  fake::IdleDevice device(now);
  device.work = work;
  const auto stream = device.open_stream();
  Groups groups(world, {});
  fake::SilentWatcher watcher;
  const Benchmark benchmark{.name = "probe",
                            .suite = Suite::gemm,
                            .summary = {},
                            .axes = {},
                            .operation = [](const Params&) { return PeakRate{}; }};
  const Case which{"probe", Params(std::vector<Params::Entry>{{"group", "all"}})};
  Result result =
      run_case(which, benchmark, {world, device, *stream, groups, watcher, nullptr, &monitor},
               {.samples = 4});
  return {std::move(result), monitor.calls};
}

TEST(DeviceCheckup, CountsOnlyTimedCallsAfterTheWarmUp) {
  fake::Job(2).run([](fake::Job::Rank& world) {
    Seconds now;
    ScriptedMonitor monitor;

    const Watched found = run_watched(
        world, monitor, [&](Operands&) { now = now + Seconds{0.5}; }, now);

    const std::string counted = found.calls.substr(found.calls.find("begin"));
    EXPECT_TRUE(counted.starts_with("begin resume pause ")) << found.calls;
    EXPECT_TRUE(counted.ends_with("pause end")) << found.calls;
    const auto& measured = std::get<Measured>(found.result.outcome);
    ASSERT_TRUE(measured.vitals.device);
    EXPECT_EQ(measured.vitals.device->clock->median, 1.5e9);
    EXPECT_EQ(measured.energy, Joules{1200}) << "the devices', not the hosts'";
    const double per_call = iterations_per_call(PeakRate{});
    EXPECT_EQ(measured.vitals.device->iterations,
              static_cast<double>(measured.timing.throughput->n) * per_call);
  });
}

TEST(DeviceCheckup, TellsWhatTheEnergyBought) {
  fake::Job(2).run([](fake::Job::Rank& world) {
    Seconds now;
    ScriptedMonitor monitor;

    const Watched found = run_watched(
        world, monitor, [&](Operands&) { now = now + Seconds{0.5}; }, now);

    const auto& measured = std::get<Measured>(found.result.outcome);
    const Yields all = yields({.flop = {6e9}}, measured);
    ASSERT_TRUE(all.flop);
    EXPECT_DOUBLE_EQ(all.flop->value, 6e9 * measured.vitals.device->iterations * 2 / 1200);
    EXPECT_FALSE(all.memory);
  });
}

TEST(DeviceCheckup, NamesTheFaultOfARank) {
  fake::Job(2).run([](fake::Job::Rank& world) {
    Seconds now;
    ScriptedMonitor monitor;
    if (world.rank() == 1) {
      monitor.answer.fault = 63;
      monitor.fault = "Xid 63: a damaged page or row of memory was set aside";
    }

    const Watched found = run_watched(
        world, monitor, [&](Operands&) { now = now + Seconds{0.5}; }, now);

    const auto& fault = std::get<Measured>(found.result.outcome).vitals.device->fault;
    ASSERT_TRUE(fault);
    EXPECT_EQ(fault->number, 63);
    EXPECT_EQ(fault->rank, 1);
    EXPECT_EQ(fault->host, "host1");
    EXPECT_EQ(fault->words, "Xid 63: a damaged page or row of memory was set aside");
  });
}

TEST(DeviceCheckup, AddsTheFaultToTheReasonOfAFailure) {
  fake::Job(2).run([](fake::Job::Rank& world) {
    Seconds now;
    ScriptedMonitor monitor;
    if (world.rank() == 1) monitor.fault = "Xid 79: GPU has fallen off the bus";

    const Watched found = run_watched(
        world, monitor,
        [&](Operands&) {
          now = now + Seconds{0.5};
          if (world.rank() == 1) throw std::runtime_error("launch: unspecified failure");
        },
        now);

    const auto& failed = std::get<Failed>(found.result.outcome);
    EXPECT_EQ(failed.rank, 1);
    EXPECT_EQ(failed.reason, "launch: unspecified failure; Xid 79: GPU has fallen off the bus");
    EXPECT_EQ(monitor.calls, "resume pause ") << "also where the timed call throws";
  });
}

}  // namespace
}  // namespace shortfall
