// What the results add up to.
#include "diagnosis/verdict.hpp"

#include <gtest/gtest.h>

#include "report/json.hpp"
#include "tests/unit/sample_report.hpp"

namespace shortfall {
namespace {

Report complete(std::vector<Outcome> outcomes) {
  Report report;
  report.run.status = RunStatus::complete;
  for (Outcome& outcome : outcomes) {
    const auto number = static_cast<std::int64_t>(report.entries.size());
    report.entries.push_back(sample::entry("x", Suite::gemm,
                                           Params(std::vector<Params::Entry>{{"n", number}}), {},
                                           std::move(outcome)));
  }
  return report;
}

Measured good() { return sample::measured(1e-3, 2); }

Measured wrong() {
  Measured m = good();
  m.verification = {Verification::Status::failed, 1, WrongData{3, "node07", {9, 2.5, 7}}};
  return m;
}

Finding found(Finding::Severity severity) {
  Finding finding;
  finding.severity = severity;
  finding.kind = "other";
  return finding;
}

TEST(Verdict, IsPassIfAllWasMeasuredAndRight) {
  const Report report = diagnosed(complete({good(), good()}));

  EXPECT_EQ(report.verdict.status, Status::pass);
  EXPECT_TRUE(report.findings.empty());
}

TEST(Verdict, IsFailIfDataWereWrongThoughMeasured) {
  const Report report = diagnosed(complete({good(), wrong()}));

  EXPECT_EQ(report.verdict.status, Status::fail);
  EXPECT_EQ(report.verdict.tested, 2);
}

TEST(Verdict, IsFailIfDataWereWrongAndNobodyKnowsWhere) {
  Measured vague = wrong();
  vague.verification.wrong.reset();

  EXPECT_EQ(diagnosed(complete({vague})).verdict.status, Status::fail);
}

TEST(Verdict, OfWrongDataNamesRankHostElementGotAndWant) {
  const Report report = diagnosed(complete({wrong()}));

  ASSERT_EQ(report.findings.size(), 1U);
  const Finding& finding = report.findings[0];
  EXPECT_EQ(finding.kind, "wrong_data");
  EXPECT_EQ(finding.rank, 3);
  EXPECT_EQ(finding.host, "node07");
  EXPECT_EQ(finding.metric, "x/n=0");
  EXPECT_EQ(finding.value, 2.5);
  EXPECT_EQ(finding.expected, 7);
  EXPECT_EQ(finding.reason, "element 9 is 2.5, should be 7");
}

TEST(Verdict, IsUnknownIfACaseFailed) {
  const Report report = diagnosed(complete({good(), Failed{1, "node01", "out of memory"}}));

  EXPECT_EQ(report.verdict.status, Status::unknown);
  ASSERT_EQ(report.verdict.unknown.size(), 1U);
  EXPECT_EQ(report.verdict.unknown[0].key, "x/n=1");
  ASSERT_EQ(report.findings.size(), 1U);
  EXPECT_EQ(report.findings[0].kind, "not_measured");
  EXPECT_EQ(report.findings[0].rank, 1);
}

TEST(Verdict, ExcludesSkippedCasesWithTheirReason) {
  const Report report = diagnosed(complete({good(), Skipped{"needs 2 ranks"}}));

  EXPECT_EQ(report.verdict.status, Status::pass);
  ASSERT_EQ(report.verdict.excluded.size(), 1U);
  EXPECT_EQ(report.verdict.excluded[0].key, "x/n=1");
  EXPECT_EQ(report.verdict.excluded[0].reason, "needs 2 ranks");
}

TEST(Verdict, IsNeverPassIfNothingWasMeasured) {
  const Report report = diagnosed(complete({Skipped{"needs 2 ranks"}}));

  EXPECT_EQ(report.verdict.status, Status::unknown);
  ASSERT_EQ(report.findings.size(), 1U);
  EXPECT_EQ(report.findings[0].kind, "nothing_measured");
}

TEST(Verdict, OfAPartialRunIsUnknownThoughAllSoFarWasRight) {
  Report report = complete({good()});
  report.run.status = RunStatus::partial;

  EXPECT_EQ(diagnosed(report).verdict.status, Status::unknown);
}

TEST(Verdict, OfAPartialRunIsFailIfDataWereWrong) {
  Report report = complete({wrong()});
  report.run.status = RunStatus::partial;

  EXPECT_EQ(diagnosed(report).verdict.status, Status::fail);
}

TEST(Verdict, IsUnknownIfAPlannedCaseWasNeverTried) {
  Report report = complete({good()});
  report.verdict.unknown = {{"y/n=1", "not reached"}};

  report = diagnosed(report);

  EXPECT_EQ(report.verdict.status, Status::unknown);
  EXPECT_EQ(report.verdict.expected, 2);
}

TEST(Verdict, IsWarnIfAWarningIsTheWorst) {
  Report report = complete({good()});
  report.findings = {found(Finding::Severity::warn)};

  EXPECT_EQ(diagnosed(report).verdict.status, Status::warn);
}

TEST(Verdict, IsUnknownIfSomethingIsUnknownAndSomethingWarns) {
  Report report = complete({Failed{}, good()});
  report.findings = {found(Finding::Severity::warn)};

  EXPECT_EQ(diagnosed(report).verdict.status, Status::unknown);
}

TEST(Verdict, IsFailIfAnythingFails) {
  Report report = complete({Failed{}, good()});
  report.findings = {found(Finding::Severity::warn), found(Finding::Severity::fail)};

  EXPECT_EQ(diagnosed(report).verdict.status, Status::fail);
}

TEST(Findings, StandWorstFirst) {
  using Severity = Finding::Severity;
  Report report = complete({Failed{}, wrong()});
  report.findings = {found(Severity::warn)};

  report = diagnosed(report);

  ASSERT_EQ(report.findings.size(), 3U);
  EXPECT_EQ(report.findings[0].severity, Severity::fail);
  EXPECT_EQ(report.findings[1].severity, Severity::unknown);
  EXPECT_EQ(report.findings[2].severity, Severity::warn);
}

TEST(Verdict, ExpectsAllThatWasPlanned) {
  Report report = complete({good(), Skipped{}, Failed{}});
  report.verdict.expected = 7;

  report = diagnosed(report);

  EXPECT_EQ(report.verdict.expected, 7);
  EXPECT_EQ(report.verdict.tested, 1);
}

TEST(Diagnosis, DoneTwiceChangesNothing) {
  const Report once = sample::report();

  const Report twice = diagnosed(once);

  EXPECT_EQ(json_of(twice), json_of(once));
}

TEST(ExitStatus, IsZeroForPass) {
  EXPECT_EQ(exit_status({.status = Status::pass, .excluded = {}, .unknown = {}}, true), 0);
}
TEST(ExitStatus, IsTwoForFail) {
  EXPECT_EQ(exit_status({.status = Status::fail, .excluded = {}, .unknown = {}}, false), 2);
}
TEST(ExitStatus, IsThreeForUnknown) {
  EXPECT_EQ(exit_status({.status = Status::unknown, .excluded = {}, .unknown = {}}, false), 3);
}
TEST(ExitStatus, IsZeroForWarningsThatMayPass) {
  EXPECT_EQ(exit_status({.status = Status::warn, .excluded = {}, .unknown = {}}, false), 0);
}
TEST(ExitStatus, IsFourForWarningsThatMayNot) {
  EXPECT_EQ(exit_status({.status = Status::warn, .excluded = {}, .unknown = {}}, true), 4);
}

}  // namespace
}  // namespace shortfall
