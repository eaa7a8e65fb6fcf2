// The thread that watches a GPU, with a double of the driver's library that answers on the clock.
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <utility>

#include "backends/cuda/nvml_monitor.hpp"
#include "tests/unit/scripted_nvml.hpp"

namespace shortfall {
namespace {

using Clock = std::chrono::steady_clock;

double share_of(const DeviceSigns& signs, ClockReason reason) {
  return signs.residency[static_cast<std::size_t>(reason)];
}

class NvmlMonitor : public ScriptedNvml {
 protected:
  std::unique_ptr<DeviceMonitor> watch(const std::string& script,
                                       const std::string& library = library_double) const {
    file("/dev/kmsg", "");
    return open_nvml_monitor(open(script, library), "0000:17:00.0", {.root = root.path});
  }
  static DeviceSigns case_of(DeviceMonitor& monitor, double seconds) {
    monitor.begin();
    monitor.resume();
    let_pass(seconds);
    monitor.pause();
    return monitor.end();
  }
  // So that the watching thread has seen all that was before.
  static void catch_up(DeviceMonitor& monitor) { monitor.last_fault(); }
  static double duration_of(const std::function<void()>& call) {
    const auto begun = Clock::now();
    call();
    return std::chrono::duration<double>(Clock::now() - begun).count();
  }
};

TEST_F(NvmlMonitor, IsNoneWithoutTheLibraryOrTheGpu) {
  EXPECT_EQ(open_nvml_monitor(open("init 9"), "0000:17:00.0"), nullptr);
  EXPECT_EQ(open_nvml_monitor(open(one_h200), "0000:18:00.0"), nullptr);
}

TEST_F(NvmlMonitor, SamplesWhileWorkRuns) {
  const auto monitor = watch(one_h200);

  const DeviceSigns signs = case_of(*monitor, 0.15);

  EXPECT_GE(signs.samples, 2) << "of some 7, on a machine that others use";
  EXPECT_LE(signs.samples, 8);
  EXPECT_GE(signs.active, 0.15);
  EXPECT_GE(signs.period, 0.02);
  EXPECT_LE(signs.period, 0.1);
  EXPECT_EQ(signs.clock, 1755e6);
  EXPECT_EQ(signs.promised_clock, 1980e6);
  EXPECT_EQ(signs.power_limit, 700);
  EXPECT_EQ(signs.temperature, 61);
  EXPECT_EQ(signs.memory_temperature, 74);
  EXPECT_EQ(signs.pcie_generation, 5);
  EXPECT_EQ(signs.pcie_lanes, 16);
  EXPECT_EQ(signs.links, 18);
  EXPECT_EQ(signs.links_seen, 18);
  EXPECT_EQ(share_of(signs, ClockReason::power_cap), 1);
  EXPECT_EQ(share_of(signs, ClockReason::hardware_slowdown), 0);
  EXPECT_NEAR(signs.energy, 640 * signs.active, 1e-6 * 640 * signs.active);
  EXPECT_EQ(signs.fault, 0);
  EXPECT_NE(signs.identity, 0U);
}

TEST_F(NvmlMonitor, SeesNothingOfTheTimeInBetween) {
  const auto monitor = watch(one_h200 + "at 0.5 clock 300\n");

  monitor->begin();
  monitor->resume();
  let_pass(0.03);
  monitor->pause();
  let_pass(0.6);  // at 300 MHz, and idle

  EXPECT_EQ(monitor->end().lowest_clock, 1755e6);
}

TEST_F(NvmlMonitor, HasASampleOfEveryShortStretch) {
  const auto monitor = watch(one_h200);
  monitor->begin();
  for (int i = 0; i < 3; ++i) {
    monitor->resume();
    monitor->pause();
    catch_up(*monitor);
  }

  EXPECT_EQ(monitor->end().samples, 3);
}

TEST_F(NvmlMonitor, BeginsEachCaseAnew) {
  const auto monitor = watch(one_h200);
  case_of(*monitor, 0.05);
  monitor->begin();

  const DeviceSigns signs = monitor->end();

  EXPECT_EQ(signs.samples, 0);
  EXPECT_EQ(signs.active, 0);
  EXPECT_TRUE(std::isnan(signs.clock));
}

TEST_F(NvmlMonitor, TakesEnergyFromTheCounter) {
  const auto monitor = watch(one_h200 + "power 400\npower_now 1\nenergy_step 0.02\n");

  const DeviceSigns signs = case_of(*monitor, 0.6);

  EXPECT_NEAR(signs.power, 400, 40) << "a step more or less, of thirty";
  EXPECT_DOUBLE_EQ(signs.energy, signs.power * signs.active);
  EXPECT_EQ(signs.highest_power, 1);
}

TEST_F(NvmlMonitor, SeesEveryBrakeWithItsShare) {
  const auto monitor = watch(one_h200 + "reasons 0x44\n");

  const DeviceSigns signs = case_of(*monitor, 0.05);

  EXPECT_EQ(share_of(signs, ClockReason::power_cap), 1);
  EXPECT_EQ(share_of(signs, ClockReason::hardware_thermal), 1);
}

TEST_F(NvmlMonitor, TellsWhatAnOldDriverKnows) {
  const auto monitor = watch(one_h200, old_library_double);

  const DeviceSigns signs = case_of(*monitor, 0.05);

  EXPECT_EQ(signs.clock, 1755e6);
  EXPECT_NEAR(signs.energy, 640 * signs.active, 1e-6) << "by the samples";
  EXPECT_TRUE(std::isnan(share_of(signs, ClockReason::power_cap)));
  EXPECT_TRUE(std::isnan(signs.links));
}

TEST_F(NvmlMonitor, TellsNewErrorsOfMemoryAndLinks) {
  const auto monitor = watch(one_h200 + "at 0.3 memory_errors 3\nat 0.3 link_errors 19\n");

  const DeviceSigns signs = case_of(*monitor, 0.4);

  EXPECT_EQ(signs.memory_errors, 1);
  EXPECT_EQ(signs.link_errors, 12);
  EXPECT_EQ(signs.pcie_replays, 0);
}

TEST_F(NvmlMonitor, TellsOtherUsersOfTheGpu) {
  const auto monitor =
      watch(one_h200 + "process " + std::to_string(getpid()) + " 1000\nprocess 4711 2000\n");

  const DeviceSigns signs = case_of(*monitor, 0.01);

  EXPECT_EQ(signs.other_processes, 1);
  EXPECT_EQ(signs.other_memory, 2000);
}

TEST_F(NvmlMonitor, HearsOfAFaultByAnEvent) {
  const auto monitor = watch(one_h200 + "at 0.3 xid 79\n");

  EXPECT_EQ(case_of(*monitor, 0.4).fault, 79);
  EXPECT_EQ(monitor->last_fault(), "Xid 79: GPU has fallen off the bus");
  EXPECT_EQ(case_of(*monitor, 0.01).fault, 0) << "that was the case before";
  EXPECT_EQ(monitor->last_fault(), "");
}

TEST_F(NvmlMonitor, WaitsAMomentForAFaultThatIsToldLate) {
  const auto monitor = watch(one_h200 + "at 0.05 xid 48\n");
  case_of(*monitor, 0.01);

  let_pass(0.02);
  EXPECT_EQ(monitor->last_fault(), "Xid 48: uncorrectable memory error");
}

TEST_F(NvmlMonitor, ReadsFaultsInTheKernelsLogWhereEventsAreRefused) {
  const auto monitor = watch(one_h200 + "answer.nvmlDeviceRegisterEvents 4\n");
  monitor->begin();
  catch_up(*monitor);
  std::ofstream(root.path + "/dev/kmsg", std::ios::app)
      << "3,1,1,-;NVRM: Xid (PCI:0000:17:00): 95, pid=1\n";

  EXPECT_EQ(monitor->end().fault, 95);
}

TEST_F(NvmlMonitor, SaysThatTheGpuIsLost) {
  const auto monitor = watch(one_h200 + "at 0.02 answer.nvmlDeviceGetTemperature 15\n");
  case_of(*monitor, 0.04);

  EXPECT_NE(monitor->last_fault().find("fallen off the bus"), std::string::npos);
}

TEST_F(NvmlMonitor, KnowsNoFaultOfAHealthyGpu) { EXPECT_EQ(watch(one_h200)->last_fault(), ""); }

TEST_F(NvmlMonitor, GoesOnWithoutADriverThatHangs) {
  auto library =
      open(one_h200 + "delay.nvmlDeviceGetClockInfo 1\nat 0.5 delay.nvmlDeviceGetClockInfo 0\n");
  auto monitor = open_nvml_monitor(library, "0000:17:00.0", {.root = root.path});
  const std::weak_ptr<const Nvml> in_use = std::exchange(library, nullptr);

  const double first = duration_of([&] { case_of(*monitor, 0.1); });
  const double next = duration_of([&] { case_of(*monitor, 0.01); });
  const double end = duration_of([&] { monitor.reset(); });

  EXPECT_LT(first, 0.1 + 2 * 0.25);
  EXPECT_LT(next, 0.25) << "it does not wait for the same call again";
  EXPECT_LT(end, 2 * 0.25);
  EXPECT_FALSE(in_use.expired()) << "the thread that hangs is left behind, with what it uses";
  for (int i = 0; i < 500 && !in_use.expired(); ++i) let_pass(0.01);
  EXPECT_TRUE(in_use.expired()) << "and ends when the driver lets it go";
}

TEST_F(NvmlMonitor, CountsAgainWhenTheDriverIsBack) {
  const auto monitor = watch(one_h200 +
                             "delay.nvmlDeviceGetClockInfo 0.6\n"
                             "at 0.5 delay.nvmlDeviceGetClockInfo 0\n");
  EXPECT_TRUE(std::isnan(case_of(*monitor, 0.05).clock)) << "it hangs";
  let_pass(1);

  EXPECT_EQ(case_of(*monitor, 0.05).clock, 1755e6);
}

TEST_F(NvmlMonitor, AsksLessOftenWhereASampleTakesLong) {
  const auto monitor = watch(one_h200 + "delay.nvmlDeviceGetClockInfo 0.004\n");

  const DeviceSigns signs = case_of(*monitor, 0.3);

  EXPECT_DOUBLE_EQ(signs.period, 0.1) << "two clocks of 4 ms are more than a twentieth of it";
}

TEST_F(NvmlMonitor, DelaysNoTimedCall) {
  const auto monitor = watch(one_h200 + "delay.nvmlDeviceGetClockInfo 0.2\n");
  monitor->begin();

  const double all = duration_of([&] {
    for (int i = 0; i < 100; ++i) {
      monitor->resume();
      monitor->pause();
    }
  });

  EXPECT_LT(all, 0.2) << "200 calls in less than one of the driver's";
}

TEST_F(NvmlMonitor, EndsAtOnce) {
  auto monitor = watch(one_h200);
  monitor->begin();
  monitor->resume();

  EXPECT_LT(duration_of([&] { monitor.reset(); }), 0.2);
}

}  // namespace
}  // namespace shortfall
