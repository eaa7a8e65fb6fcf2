// What is said of errors and faults of devices.
#include <gtest/gtest.h>

#include "diagnosis/verdict.hpp"
#include "tests/unit/watched_report.hpp"

namespace shortfall {
namespace {

using Severity = Finding::Severity;
using watched::found_in;
using watched::healthy;
using watched::with;

TEST(GpuFaultFindings, FailOnNewMemoryErrors) {
  DeviceVitals v = healthy();
  v.memory_errors->worst = {2, 6, "node01"};

  const auto found = found_in(with({v}));

  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].kind, "ecc_errors");
  EXPECT_EQ(found[0].severity, Severity::fail);
  EXPECT_EQ(found[0].rank, 6);
  EXPECT_EQ(found[0].value, 2);
  EXPECT_EQ(diagnosed(with({v})).verdict.status, Status::fail);
}

TEST(GpuFaultFindings, WarnOfLinkErrorsReplaysAndOtherUsers) {
  DeviceVitals v = healthy();
  v.link_errors->worst = {12, 1, "node01"};
  v.pcie_replays->worst = {3, 2, "node01"};
  v.other_processes->worst = {1, 4, "node01"};

  const auto found = found_in(with({v}));

  ASSERT_EQ(found.size(), 3U);
  EXPECT_EQ(found[0].kind, "link_errors");
  EXPECT_EQ(found[0].reason, "12 errors of its NVLinks during this case");
  EXPECT_EQ(found[1].kind, "link_errors");
  EXPECT_EQ(found[1].unit, "replays");
  EXPECT_EQ(found[2].kind, "device_occupied");
  EXPECT_EQ(found[2].reason, "1 process of others used the device during this case");
  for (const Finding& f : found) EXPECT_EQ(f.severity, Severity::warn);
}

TEST(GpuFaultFindings, WarnOfHotMemory) {
  DeviceVitals v = healthy();
  v.memory_temperature->worst.value = 95;

  const auto found = found_in(with({v}));

  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].kind, "hot_memory");
}

TEST(GpuFaultFindings, FailOnALinkThatIsDown) {
  Report report = with({healthy()});
  report.machine.hosts[0].gpus[2].facts.nvlinks_up = 17;

  const auto found = found_in(report);

  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].kind, "nvlink_down");
  EXPECT_EQ(found[0].severity, Severity::fail);
  EXPECT_EQ(found[0].device, "0000:12:00.0");
  EXPECT_EQ(found[0].reason, "17 of its NVLinks are up, not 18");
}

TEST(GpuFaultFindings, FailOnALinkThatWentDownDuringTheRun) {
  DeviceVitals v = healthy();
  v.links->worst = {16, 4, "node01"};

  const auto found = found_in(with({healthy(), v}));

  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].kind, "nvlink_down");
  EXPECT_EQ(found[0].rank, 4);
  EXPECT_EQ(found[0].device, "0000:14:00.0");
}

TEST(GpuFaultFindings, TellALinkThatWasDownAllTheTimeOnce) {
  DeviceVitals v = healthy();
  v.links->worst = {17, 2, "node01"};
  Report report = with({v, v});
  report.machine.hosts[0].gpus[2].facts.nvlinks_up = 17;

  EXPECT_EQ(found_in(report).size(), 1U);
}

TEST(GpuFaultFindings, KnowDevicesThatUseNoLinksOrNotAll) {
  Report report = with({});
  auto& gpus = report.machine.hosts[0].gpus;
  for (Gpu& gpu : gpus) gpu.facts.nvlinks_up = 0;  // cards without bridges
  EXPECT_TRUE(found_in(report).empty());

  for (Gpu& gpu : gpus) gpu.facts.nvlinks_up = 12, gpu.name = "NVIDIA H100 NVL";
  EXPECT_TRUE(found_in(report).empty());

  for (Gpu& gpu : gpus) gpu.facts.nvlinks_up = 18, gpu.name = "NVIDIA H200";
  gpus[1].facts.nvlinks_up = 0;
  gpus[1].facts.mig = true;  // instances have no links
  EXPECT_TRUE(found_in(report).empty());
}

TEST(GpuFaultFindings, FailOnAFault) {
  DeviceVitals v = healthy();
  v.fault = DeviceFault{95, 6, "node01", "Xid 95: uncorrectable memory error, not contained"};

  const auto found = found_in(with({v, v}));

  ASSERT_EQ(found.size(), 1U) << "once, however many cases met it";
  EXPECT_EQ(found[0].kind, "xid");
  EXPECT_EQ(found[0].severity, Severity::fail);
  EXPECT_EQ(found[0].value, 95);
  EXPECT_EQ(found[0].device, "0000:16:00.0");
  EXPECT_EQ(found[0].reason, "Xid 95: uncorrectable memory error, not contained");
}

TEST(GpuFaultFindings, FailOnTheFaultOfACaseThatFailed) {
  Report report = with({});
  for (const char* const reason :
       {"launch: unspecified failure; Xid 79: GPU has fallen off the bus", "out of memory",
        "odd; Xid many"}) {
    report.entries.push_back(sample::entry("gemm", Suite::gemm, Params({{"n", 1}, {"why", reason}}),
                                           {}, Failed{5, "node01", reason}));
  }

  const auto found = found_in(report);

  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].value, 79);
  EXPECT_EQ(found[0].rank, 5);
  EXPECT_EQ(found[0].reason, "Xid 79: GPU has fallen off the bus");
}

TEST(GpuFaultFindings, OfRanksThatNobodyKnowsNameNoDevice) {
  DeviceVitals v = healthy();
  v.memory_errors->worst = {1, 12345, "node99"};

  EXPECT_EQ(found_in(with({v})).at(0).device, "");
}

}  // namespace
}  // namespace shortfall
