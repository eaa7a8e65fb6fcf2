// What is said of devices that were kept from their clock.
#include <gtest/gtest.h>

#include "diagnosis/verdict.hpp"
#include "tests/unit/watched_report.hpp"

namespace shortfall {
namespace {

using Severity = Finding::Severity;
using watched::found_in;
using watched::healthy;
using watched::with;

TEST(GpuClockFindings, AreNoneOfHealthyDevicesAtTheirPowerLimit) {
  EXPECT_TRUE(found_in(with({healthy(), healthy()})).empty());
}

TEST(GpuClockFindings, WarnOfEveryBrakeThatHeldBesideOthers) {
  DeviceVitals v = healthy();
  v.clock_reasons->emplace_back("hardware_slowdown", AtRank{0.4, 3, "node01"});
  v.clock_reasons->emplace_back("power_brake", AtRank{0.4, 3, "node01"});

  const auto found = found_in(with({healthy(), v}));

  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[1].kind, "device_throttled");
  EXPECT_EQ(found[1].severity, Severity::warn);
  EXPECT_EQ(found[1].rank, 3);
  EXPECT_EQ(found[1].device, "0000:13:00.0");
  EXPECT_EQ(found[1].metric, "gemm/n=1");
  EXPECT_EQ(found[1].value, 0.4);
  EXPECT_EQ(found[1].reason, "for 40 % of the time the power supply braked it (power_brake)");
  EXPECT_NE(found[1].action.find("power supplies"), std::string::npos);
}

TEST(GpuClockFindings, NameTheWorstCaseOfARankOnce) {
  DeviceVitals mild = healthy(), hot = healthy();
  mild.clock_reasons->emplace_back("software_thermal", AtRank{0.1, 3, "node01"});
  hot.clock_reasons->emplace_back("software_thermal", AtRank{0.7, 3, "node01"});

  const auto found = found_in(with({mild, hot, mild}));

  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].value, 0.7);
  EXPECT_EQ(found[0].metric, "gemm/n=1");
  EXPECT_TRUE(found[0].reason.ends_with("; also in 2 other cases"));
}

TEST(GpuClockFindings, MarkCasesOfBrakedDevices) {
  Measured m;
  EXPECT_FALSE(is_braked(m));
  m.vitals.device = healthy();
  EXPECT_FALSE(is_braked(m));
  m.vitals.device->clock_reasons->emplace_back("hardware_thermal", AtRank{0.1, 0, "node01"});
  EXPECT_TRUE(is_braked(m));
}

TEST(GpuClockFindings, WarnOfClocksThatSomebodySetLower) {
  DeviceVitals v = healthy();
  v.clock_reasons->emplace_back("application_clocks", AtRank{1, 5, "node01"});
  v.application_clock = OverDevices{1.98e9, {1.2e9, 5, "node01"}};

  const auto found = found_in(with({v}));

  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].kind, "clocks_limited");
  EXPECT_EQ(found[0].severity, Severity::warn);
  EXPECT_EQ(found[0].value, 1.2e9);
  EXPECT_EQ(found[0].expected, 1.98e9);
  EXPECT_EQ(found[0].reason, "its clock is set to 1.20 GHz; its highest is 1.98 GHz");
}

TEST(GpuClockFindings, DoNotMindSetClocksThatHoldNothingBack) {
  DeviceVitals v = healthy();  // as of A100, which runs faster than its usual setting
  v.application_clock = OverDevices{1.095e9, {1.095e9, 0, "node01"}};

  EXPECT_TRUE(found_in(with({v})).empty());
}

TEST(GpuClockFindings, WarnOfADeviceSlowerThanTheOthersByMoreThanATwentieth) {
  DeviceVitals v = healthy();
  v.clock->worst.value = 0.96 * 1.75e9;
  EXPECT_TRUE(found_in(with({v})).empty());

  v.clock->worst.value = 0.94 * 1.75e9;
  const auto found = found_in(with({v}));

  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].kind, "device_slow_clock");
  EXPECT_EQ(found[0].expected, 1.75e9);
  EXPECT_NE(found[0].reason.find("6.0 % below"), std::string::npos) << found[0].reason;
}

TEST(GpuClockFindings, CompareClocksOfThreeAlikeDevicesWithEnoughSamples) {
  DeviceVitals v = healthy();
  v.clock->worst.value = 1e9;
  v.ranks = 2;
  EXPECT_TRUE(found_in(with({v})).empty());
  v.ranks = 3;
  EXPECT_EQ(found_in(with({v})).size(), 1U);
  v.samples->worst.value = 4;
  EXPECT_TRUE(found_in(with({v})).empty());
  v.samples->worst.value = 5;
  Report mixed = with({v});
  mixed.machine.hosts[0].gpus[7].name = "NVIDIA L4";
  mixed.machine.hosts[0].gpus[7].facts = {};
  EXPECT_TRUE(found_in(mixed).empty());
}

TEST(GpuClockFindings, AreMadeOnceHoweverOftenTheReportIsDiagnosed) {
  DeviceVitals v = healthy();
  v.memory_errors->worst.value = v.link_errors->worst.value = v.other_processes->worst.value = 1;
  v.memory_temperature->worst.value = 99;
  v.clock->worst.value = 1e9;
  v.clock_reasons->emplace_back("power_brake", AtRank{1, 0, "node01"});
  v.clock_reasons->emplace_back("application_clocks", AtRank{1, 5, "node01"});
  v.application_clock->worst.value = 1.2e9;
  v.links->worst.value = 12;
  v.fault = DeviceFault{95, 6, "node01", "Xid 95: uncorrectable memory error, not contained"};

  const Report once = diagnosed(with({v}));

  EXPECT_EQ(once.findings.size(), 9U);
  EXPECT_EQ(diagnosed(once).findings.size(), 9U);
}

}  // namespace
}  // namespace shortfall
