// How samples of a GPU become the signs of a case.
#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>

#include "backends/cuda/nvml_readings.hpp"
#include "tests/unit/made_up_root.hpp"

namespace shortfall {
namespace {

double share_of(const DeviceSigns& signs, ClockReason reason) {
  return signs.residency[static_cast<std::size_t>(reason)];
}

GpuSample sample(double clock, unsigned long long reasons = 0) {
  GpuSample s;
  s.clock = clock;
  s.power = 600;
  s.reasons = reasons;
  return s;
}

TEST(GpuTally, TellsMeanLowestAndHighestClock) {
  GpuTally tally;
  for (const double clock : {1980e6, 1200e6, 1500e6}) tally.add(sample(clock));

  const DeviceSigns signs = tally.signs({}, {}, 1);

  EXPECT_EQ(signs.samples, 3);
  EXPECT_EQ(signs.clock, 1560e6);
  EXPECT_EQ(signs.lowest_clock, 1200e6);
  EXPECT_EQ(signs.highest_clock, 1980e6);
}

TEST(GpuTally, SeesEveryReasonThatHoldsAtOnce) {
  GpuTally tally;
  tally.add(sample(1e9, 0x4 | 0x40));  // at the power limit, and too hot
  tally.add(sample(1e9, 0x4));
  tally.add(sample(1e9, 0x4 | 0x8 | 0x80));
  tally.add(sample(1e9, 0));

  const DeviceSigns signs = tally.signs({}, {}, 1);

  EXPECT_EQ(share_of(signs, ClockReason::power_cap), 0.75);
  EXPECT_EQ(share_of(signs, ClockReason::hardware_thermal), 0.25);
  EXPECT_EQ(share_of(signs, ClockReason::hardware_slowdown), 0.25);
  EXPECT_EQ(share_of(signs, ClockReason::power_brake), 0.25);
  EXPECT_EQ(share_of(signs, ClockReason::idle), 0);
  EXPECT_EQ(share_of(signs, ClockReason::display), 0);
}

TEST(GpuTally, KnowsTheDriversBits) {
  const std::array bits{0x1U, 0x2U, 0x4U, 0x8U, 0x10U, 0x20U, 0x40U, 0x80U, 0x100U};
  for (std::size_t i = 0; i < clock_reasons; ++i) {
    EXPECT_TRUE(holds(bits[i], static_cast<ClockReason>(i)));
    EXPECT_FALSE(holds(~bits[i] & 0x1ffU, static_cast<ClockReason>(i)));
  }
}

TEST(GpuTally, CountsOnlyWhatIsTold) {
  GpuTally tally;
  tally.add(sample(1.9e9));
  tally.add(GpuSample{});

  const DeviceSigns signs = tally.signs({}, {}, 1);

  EXPECT_EQ(signs.samples, 2);
  EXPECT_EQ(signs.clock, 1.9e9);
  EXPECT_EQ(share_of(signs, ClockReason::idle), 0);
  EXPECT_TRUE(std::isnan(signs.temperature));
  EXPECT_EQ(signs.energy, 600);
}

TEST(GpuTally, WithoutSamplesTellsNothing) {
  const DeviceSigns signs = GpuTally().signs({}, {}, 1);

  EXPECT_EQ(signs.samples, 0);
  EXPECT_TRUE(std::isnan(signs.clock));
  EXPECT_TRUE(std::isnan(signs.energy));
  EXPECT_TRUE(std::isnan(share_of(signs, ClockReason::idle)));
}

TEST(GpuTally, TakesEnergyFromTheCounterOfHalfASecond) {
  GpuTally tally;
  tally.add(sample(1e9));
  tally.add_energy(150, 0.3);
  tally.add_energy(150, 0.3);

  const DeviceSigns signs = tally.signs({}, {}, 2);

  EXPECT_DOUBLE_EQ(signs.power, 500);
  EXPECT_DOUBLE_EQ(signs.energy, 1000) << "for all of the active time";
}

TEST(GpuTally, TakesEnergyFromSamplesOfAShorterTime) {
  GpuTally tally;
  tally.add(sample(1e9));
  tally.add_energy(100, 0.4);

  EXPECT_DOUBLE_EQ(tally.signs({}, {}, 0.5).energy, 300);
}

TEST(GpuTally, ForgetsAnEnergyCounterThatBeganAnew) {
  GpuTally tally;
  tally.add(sample(1e9));
  tally.add_energy(-1e6, 1);
  tally.add_energy(not_told, 1);

  EXPECT_DOUBLE_EQ(tally.signs({}, {}, 1).energy, 600);
}

TEST(GpuTally, TellsWhatCountersGained) {
  const GpuCounters before{.pcie_replays = 3, .link_errors = 7, .memory_errors = 2};
  GpuCounters after{.pcie_replays = 5, .link_errors = 7, .memory_errors = 3};

  const DeviceSigns signs = GpuTally().signs(before, after, 1);

  EXPECT_EQ(signs.pcie_replays, 2);
  EXPECT_EQ(signs.link_errors, 0);
  EXPECT_EQ(signs.memory_errors, 1);
  EXPECT_TRUE(std::isnan(GpuTally().signs(before, {}, 1).memory_errors));
}

class OtherUsersOfGpu : public MadeUpRoot {
 protected:
  OtherUsersOfGpu() {
    link("/proc/self/exe", "/opt/shortfall");
    link("/proc/4711/exe", "/opt/shortfall");
    link("/proc/4712/exe", "/usr/bin/python3");
  }
  unsigned own = static_cast<unsigned>(getpid());
};

TEST_F(OtherUsersOfGpu, AreNeitherThisProcessNorItsOtherRanks) {
  const OtherUsers others =
      other_users({{own, 100, 0, 0}, {4711, 200, 0, 0}, {4712, 300, 0, 0}}, root.path);

  EXPECT_EQ(others.processes, 1);
  EXPECT_EQ(others.memory, 300);
}

TEST_F(OtherUsersOfGpu, AreNone) {
  EXPECT_EQ(other_users({{own, 100, 0, 0}}, root.path).processes, 0);
  EXPECT_EQ(other_users({}, root.path).memory, 0);
}

TEST_F(OtherUsersOfGpu, AreOneLessWhereThisProcessHasAnotherNumber) {
  const OtherUsers others = other_users({{1, 100, 0, 0}, {2, 200, 0, 0}}, root.path);

  EXPECT_EQ(others.processes, 1);
  EXPECT_TRUE(std::isnan(others.memory));
}

TEST_F(OtherUsersOfGpu, MayHoldMemoryThatIsNotTold) {
  const OtherUsers others =
      other_users({{own, 1, 0, 0}, {4712, nvml::memory_not_told, 0, 0}}, root.path);

  EXPECT_EQ(others.processes, 1);
  EXPECT_TRUE(std::isnan(others.memory));
}

}  // namespace
}  // namespace shortfall
