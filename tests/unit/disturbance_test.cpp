// When the disturbance of cases becomes a finding of a host.
#include "diagnosis/disturbance.hpp"

#include <gtest/gtest.h>

#include "diagnosis/verdict.hpp"
#include "tests/unit/sample_report.hpp"

namespace shortfall {
namespace {

// `disturbed` of so many cases, all on node01.
Report with(int cases, int disturbed) {
  Report report;
  report.run.status = RunStatus::complete;
  for (int i = 0; i < cases; ++i) {
    Measured m = sample::measured(1e-3, 2);
    if (i < disturbed) {
      m.vitals.is_disturbed = true;
      m.vitals.reason = "other processes used 34 % of node01";
      m.vitals.disturbed_hosts = {"node01"};
    }
    report.entries.push_back(sample::entry(
        "x", Suite::gemm, Params(std::vector<Params::Entry>{{"n", std::int64_t{i}}}), {}, m));
  }
  return report;
}

TEST(Disturbance, OfMoreThanAQuarterOfTheCasesIsAFindingOfItsHost) {
  const auto findings = disturbed_hosts(with(8, 3));

  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].kind, "disturbed");
  EXPECT_EQ(findings[0].host, "node01");
  EXPECT_EQ(findings[0].severity, Finding::Severity::warn);
  EXPECT_EQ(findings[0].value, 0.375);
  EXPECT_EQ(findings[0].reason,
            "3 of 8 cases were disturbed, the first of them because other processes used 34 % of "
            "node01");
  EXPECT_NE(findings[0].action, "");
}

TEST(Disturbance, OfAQuarterIsNone) { EXPECT_TRUE(disturbed_hosts(with(8, 2)).empty()); }

TEST(Disturbance, OfFewCasesIsNone) { EXPECT_TRUE(disturbed_hosts(with(3, 3)).empty()); }

TEST(Disturbance, IsFoundOnceHoweverOftenTheReportIsDiagnosed) {
  const Report once = diagnosed(with(8, 8));

  EXPECT_EQ(once.findings.size(), 1U);
  EXPECT_EQ(diagnosed(once).findings.size(), 1U);
  EXPECT_EQ(once.verdict.status, Status::warn);
}

}  // namespace
}  // namespace shortfall
