// Findings against a datasheet that promises less than was measured.
#include <gtest/gtest.h>

#include "diagnosis/datasheet.hpp"
#include "diagnosis/verdict.hpp"
#include "tests/unit/sample_report.hpp"

namespace shortfall {
namespace {

constexpr double giga = 1e9;

Report with_a_datasheet() {
  Report report;
  Host host;
  host.name = "node01";
  host.cpu.nominal_clock = {2.5e9};
  host.cpu.threads = 4;
  host.cpu.caches = {{1, 32_KiB, 2}, {3, 16_MiB, 2}};  // 32 MiB of the last level
  report.machine.hosts = {host};
  report.machine.datasheet = {"CPU",  "the maker",
                              "high", {{DType::f32, {100 * giga}}, {DType::f64, {50 * giga}}},
                              {},     Bandwidth{60 * giga}};
  return report;
}

Entry gemm(const std::string& type, double rate) {
  return sample::gemm(1024, type, rate, 100 * giga);
}

TEST(AboveDatasheet, IsAFindingOnceForEachTypeWithTheWorstCase) {
  Report report = with_a_datasheet();
  report.entries = {gemm("f32", 110 * giga), gemm("f32", 120 * giga), gemm("f32", 107 * giga),
                    gemm("f64", 60 * giga)};

  const auto findings = above_datasheet(report);

  ASSERT_EQ(findings.size(), 2U);
  EXPECT_EQ(findings[0].kind, "datasheet_exceeded");
  EXPECT_EQ(findings[0].severity, Finding::Severity::warn);
  EXPECT_EQ(findings[0].metric, report.entries[1].result.key);
  EXPECT_DOUBLE_EQ(*findings[0].value, 120 * giga);
  EXPECT_DOUBLE_EQ(*findings[0].expected, 100 * giga);
  EXPECT_EQ(findings[0].unit, "flop_per_s");
  EXPECT_EQ(findings[0].reason,
            "120 GFLOP/s of f32 were measured, 120 % of the 100 GFLOP/s that the datasheet of CPU "
            "promises (source: the maker; confidence: high)");
  EXPECT_EQ(findings[1].metric, report.entries[3].result.key);
}

TEST(AboveDatasheet, LeavesFivePercentForTheMeasurement) {
  Report report = with_a_datasheet();
  report.entries = {gemm("f32", 104.9 * giga)};
  EXPECT_TRUE(above_datasheet(report).empty());

  report.entries = {gemm("f32", 105.1 * giga)};
  EXPECT_EQ(above_datasheet(report).size(), 1U);
}

TEST(AboveDatasheet, SaysNothingOfTypesWithoutAPeak) {
  Report report = with_a_datasheet();
  report.entries = {gemm("bf16", 900 * giga)};

  EXPECT_TRUE(above_datasheet(report).empty());
}

TEST(AboveDatasheet, AllowsTheTurboClockWhereThePeakIsDerivedFromTheNominalOne) {
  Report report = with_a_datasheet();
  report.machine.datasheet.confidence = "derived";
  report.machine.hosts[0].cpu.highest_clock = {3.5e9};
  report.entries = {gemm("f32", 140 * giga)};
  EXPECT_TRUE(above_datasheet(report).empty());

  report.entries = {gemm("f32", 150 * giga)};
  const auto findings = above_datasheet(report);

  ASSERT_EQ(findings.size(), 1U);
  EXPECT_NE(findings[0].reason.find("above even what the highest clock, 3.50 GHz, gives"),
            std::string::npos)
      << findings[0].reason;
}

TEST(AboveDatasheet, SaysThatTheTurboClockIsNotKnown) {
  Report report = with_a_datasheet();
  report.machine.datasheet.confidence = "derived";
  report.entries = {gemm("f32", 110 * giga)};

  const auto findings = above_datasheet(report);

  ASSERT_EQ(findings.size(), 1U);
  EXPECT_NE(findings[0].reason.find("the nominal clock, 2.50 GHz, and how far a turbo clock"),
            std::string::npos)
      << findings[0].reason;
}

TEST(AboveDatasheet, AllowsAUsersFigureNoTurbo) {
  Report report = with_a_datasheet();
  report.machine.hosts[0].cpu.highest_clock = {3.5e9};
  report.entries = {gemm("f32", 110 * giga)};

  EXPECT_EQ(above_datasheet(report).size(), 1U);
}

TEST(AboveDatasheet, AddsTheRanksOfAHostForItsMemory) {
  Report report = with_a_datasheet();
  constexpr std::int64_t large = 256 << 20;
  report.entries = {sample::memory("triad", large, "all", 40 * giga)};  // 2 ranks

  const auto findings = above_datasheet(report);

  ASSERT_EQ(findings.size(), 1U);
  EXPECT_DOUBLE_EQ(*findings[0].value, 80 * giga);
  EXPECT_EQ(findings[0].unit, "bytes_per_s");

  report.machine.hosts.resize(2);
  EXPECT_TRUE(above_datasheet(report).empty()) << "one rank on each host";
}

TEST(AboveDatasheet, TakesNoCacheForMemory) {
  Report report = with_a_datasheet();
  report.entries = {sample::memory("triad", 32 << 20, "all", 400 * giga)};

  EXPECT_TRUE(above_datasheet(report).empty());
}

TEST(AboveDatasheet, IsPartOfEveryDiagnosisOnce) {
  Report report = with_a_datasheet();
  report.run.status = RunStatus::complete;
  report.entries = {gemm("f32", 120 * giga)};

  const Report twice = diagnosed(diagnosed(report));

  ASSERT_EQ(twice.findings.size(), 1U);
  EXPECT_EQ(twice.findings[0].kind, "datasheet_exceeded");
  EXPECT_EQ(twice.verdict.status, Status::warn);
}

TEST(AboveDatasheet, SurvivesStrangeParameters) {
  Report report = with_a_datasheet();
  report.entries = {gemm("f32", 120 * giga), sample::memory("triad", 1 << 30, "all", 400 * giga)};
  report.entries[0].result.params = Params({{"dtype", std::int64_t{3}}});
  report.entries[1].result.params = Params({{"bytes", std::string("many")}});

  EXPECT_TRUE(above_datasheet(report).empty());
}

}  // namespace
}  // namespace shortfall
