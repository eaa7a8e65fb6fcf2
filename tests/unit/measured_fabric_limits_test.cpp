// A report in the place of a datasheet.
#include <gtest/gtest.h>

#include "diagnosis/measured_fabric.hpp"
#include "sample_report.hpp"

namespace shortfall {
namespace {

constexpr std::int64_t large = std::int64_t{256} << 20U;

Entry in_group(Entry entry, const std::string& group) {
  std::vector<Params::Entry> params;
  for (const auto& [name, value] : entry.result.params) {
    params.emplace_back(name, name == "group" ? Value(group) : value);
  }
  entry.result.params = Params(params);
  entry.result.key = key_of(entry.result.benchmark, entry.result.params);
  return entry;
}

// Four ranks on two hosts.
Report measured_report() {
  Report report;
  report.run.ranks = 4;
  report.run.hosts = 2;
  for (int rank = 0; rank < 4; ++rank) {
    report.machine.bindings.push_back({.rank = rank, .host = rank < 2 ? "node01" : "node02"});
  }
  report.machine.datasheet.name = "made-up GPU";
  report.machine.datasheet.peak = {{DType::bf16, {1e15}}};
  report.entries = {sample::gemm(2048, "f32", 1e14, 5e14),
                    sample::gemm(2048, "bf16", 6e14, 1e15),
                    sample::gemm(1024, "bf16", 3e14, 1e15),
                    sample::memory("read", large, "all", 2e12),
                    sample::memory("read", 16384, "all", 9e12),
                    in_group(sample::send_recv("send_recv", 8, 2e-6), "next_pairs"),
                    in_group(sample::send_recv("send_recv", 8, 5e-6), "pairs"),
                    in_group(sample::collective("all_reduce", large, 1.5, 0.01), "within_host"),
                    in_group(sample::collective("all_reduce", large, 1.5, 0.05), "across_hosts")};
  return report;
}

Accelerator h100() { return accelerator_named("H100 SXM"); }

bool mentions(const MeasuredFabric& fabric, const std::string& one, const std::string& other) {
  return std::ranges::any_of(fabric.sources, [&](const std::string& source) {
    return source.find(one) != std::string::npos && source.find(other) != std::string::npos;
  });
}

TEST(MeasuredFabricOfAReport, TakesTheBestProductsOfTheFastestType) {
  const Accelerator gpu = measured_fabric(measured_report(), h100()).gpu;
  EXPECT_NEAR(gpu.sustained().value, 6e14, 1e3);
  EXPECT_NEAR(gpu.peak().value, 1e15, 1e3);
  EXPECT_EQ(gpu.word_bits, 16);
}

TEST(MeasuredFabricOfAReport, TakesMemoryThatNoCacheHolds) {
  EXPECT_NEAR(measured_fabric(measured_report(), h100()).gpu.memory_rate.value, 2e12, 1);
}

TEST(MeasuredFabricOfAReport, TellsLinksWithinHostsFromThoseBetweenThem) {
  const Accelerator gpu = measured_fabric(measured_report(), h100()).gpu;
  ASSERT_EQ(gpu.network.size(), 2U);
  EXPECT_EQ(gpu.fan_out, (std::vector<std::int64_t>{2}));
  EXPECT_NEAR(gpu.network[0].latency.value, 2e-6, 1e-12);
  EXPECT_NEAR(gpu.network[1].latency.value, 5e-6, 1e-12);
  EXPECT_NEAR(gpu.network[0].both_ways.value, 2 * 1.5 * large / 0.01, 1);
  EXPECT_NEAR(gpu.network[1].both_ways.value, 2 * 1.5 * large / 0.05, 1);
}

TEST(MeasuredFabricOfAReport, NamesWhatWasNotMeasuredAndKeepsTheDatasheet) {
  const MeasuredFabric fabric = measured_fabric(measured_report(), h100());
  EXPECT_TRUE(mentions(fabric, "launch latency", "not measured"));
  EXPECT_EQ(fabric.gpu.product_latency, h100().product_latency);
}

TEST(MeasuredFabricOfAReport, WithoutNetworkMeasurementsKeepsTheNetworkOfTheDatasheet) {
  Report report = measured_report();
  report.entries.resize(5);
  const MeasuredFabric fabric = measured_fabric(report, h100());
  EXPECT_EQ(fabric.gpu.network[1].both_ways, h100().network[1].both_ways);
  EXPECT_EQ(fabric.gpu.network[0].latency, h100().network[0].latency);
  EXPECT_TRUE(mentions(fabric, "bandwidth between hosts", "not measured"));
  EXPECT_TRUE(mentions(fabric, "latency within a host", "not measured"));
}

TEST(MeasuredFabricOfAReport, OfOneRankKeepsTheWholeNetwork) {
  Report report = measured_report();
  report.run.ranks = report.run.hosts = 1;
  report.machine.bindings.resize(1);
  const MeasuredFabric fabric = measured_fabric(report, h100());
  EXPECT_EQ(fabric.gpu.fan_out, h100().fan_out);
  EXPECT_TRUE(mentions(fabric, "network", "one rank"));
}

TEST(MeasuredFabricOfAReport, HostsOfOneRankMakeANetworkOfOneLevel) {
  Report report = measured_report();
  report.run.ranks = 2;
  report.machine.bindings = {{.rank = 0, .host = "node01"}, {.rank = 1, .host = "node02"}};
  const Accelerator gpu = measured_fabric(report, h100()).gpu;
  ASSERT_EQ(gpu.network.size(), 1U);
  EXPECT_TRUE(gpu.fan_out.empty());
}

TEST(MeasuredFabricOfAReport, WrongDataIsNoMeasurement) {
  Report report = measured_report();
  std::get<Measured>(report.entries[1].result.outcome).verification.status =
      Verification::Status::failed;
  EXPECT_NEAR(measured_fabric(report, h100()).gpu.sustained().value, 3e14, 1e3);
}

TEST(MeasuredFabricOfAReport, OfAnEmptyReportIsTheDatasheet) {
  const MeasuredFabric fabric = measured_fabric({}, h100());
  EXPECT_EQ(fabric.gpu.sustained(), h100().sustained());
  EXPECT_EQ(fabric.gpu.network.size(), h100().network.size());
}

TEST(MeasuredFabricOfAReport, WithoutAPeakKeepsTheShareOfTheDatasheet) {
  Report report = measured_report();
  report.machine.datasheet.peak.clear();
  const Accelerator gpu = measured_fabric(report, h100()).gpu;
  EXPECT_DOUBLE_EQ(gpu.sustained_fraction, 0.7);
  EXPECT_NEAR(gpu.sustained().value, 6e14, 1e3);
}

}  // namespace
}  // namespace shortfall
