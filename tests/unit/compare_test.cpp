// Two sides of reports against one another.
#include "diagnosis/compare.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <sstream>

#include "core/text.hpp"
#include "diagnosis/compare_cases.hpp"
#include "reporters/compare_json.hpp"
#include "reporters/compare_text.hpp"
#include "reporters/lines.hpp"
#include "tests/unit/refusal.hpp"
#include "tests/unit/sample_sides.hpp"

namespace shortfall {
namespace {

using sample::compare;
using sample::floor_of_5_percent;
using sample::report_of;
using sample::report_with;

// Of `n` samples in a narrow range around the median, with an interval that is narrower still.
SideTime time_around(double median, std::size_t n = 21) {
  SideTime time{n, {median}, {{median * 0.99}, {median * 1.01}}, std::nullopt};
  if (n >= 6) time.ci95 = Interval{{median * 0.995}, {median * 1.005}};
  return time;
}

TEST(ChangeOfACase, IsToldOnlyAboveTheFloor) {
  EXPECT_EQ(change_of(time_around(1), time_around(1.049), floor_of_5_percent), Change::same);
  EXPECT_EQ(change_of(time_around(1), time_around(1.06), floor_of_5_percent), Change::slower);
  EXPECT_EQ(change_of(time_around(1.06), time_around(1), floor_of_5_percent), Change::faster);
  EXPECT_EQ(change_of(time_around(1.049), time_around(1), floor_of_5_percent), Change::same);
}

TEST(ChangeOfACase, IsUnclearWhereIntervalsOverlap) {
  SideTime wide = time_around(1);
  wide.ci95 = Interval{{0.9}, {1.3}};

  EXPECT_EQ(change_of(wide, time_around(1.2), floor_of_5_percent), Change::unclear);
}

TEST(ChangeOfACase, WithFewSamplesNeedsEnoughOfThem) {
  EXPECT_EQ(change_of(time_around(1, 2), time_around(2, 5), floor_of_5_percent), Change::slower);
  EXPECT_EQ(change_of(time_around(1, 3), time_around(2, 3), floor_of_5_percent), Change::slower);
  EXPECT_EQ(change_of(time_around(1, 2), time_around(2, 4), floor_of_5_percent), Change::unclear);
  EXPECT_EQ(change_of(time_around(1, 1), time_around(2, 1), floor_of_5_percent), Change::unclear);
}

TEST(ChangeOfACase, WithFewSamplesComparesWholeRanges) {
  SideTime wide = time_around(1);
  wide.range = {{0.5}, {3}};  // one sample of 21 was slow

  EXPECT_EQ(change_of(wide, time_around(2, 5), floor_of_5_percent), Change::unclear);
}

TEST(ChangeOfACase, WithoutATimeIsUnclear) {
  EXPECT_EQ(change_of(time_around(0), time_around(1), floor_of_5_percent), Change::unclear);
  EXPECT_EQ(change_of(time_around(1), time_around(std::nan("")), floor_of_5_percent),
            Change::unclear);
}

TEST(ComparedCases, ThatAreSlowerFail) {
  const auto comparison = compare({report_with("a", 1)}, {report_with("b", 1.2)});

  ASSERT_EQ(comparison.cases.size(), 1U);
  EXPECT_NEAR(comparison.cases[0].ratio, 1.2, 1e-9);
  EXPECT_EQ(comparison.cases[0].change, Change::slower);
  EXPECT_EQ(exit_status(comparison, false), 2);
}

TEST(ComparedCases, ThatAreFasterOrTheSamePass) {
  EXPECT_EQ(exit_status(compare({report_with("a", 1.2)}, {report_with("b", 1)}), true), 0);
  EXPECT_EQ(exit_status(compare({report_with("a", 1)}, {report_with("b", 1.01)}), true), 0);
}

TEST(ComparedCases, OfSeveralReportsAreTheirMedians) {
  const auto comparison =
      compare({report_with("a1", 1), report_with("a2", 1.1), report_with("a3", 9)},
              {report_with("b1", 2), report_with("b2", 2.2)});

  const ComparedCase& one = comparison.cases.at(0);
  EXPECT_EQ(one.baseline.n, 3U);
  EXPECT_NEAR(one.ratio, 2.1 / 1.1, 1e-9);
  EXPECT_NEAR(one.baseline.range.high.value, 18e-6, 1e-12);
  EXPECT_EQ(one.change, Change::unclear);
}

TEST(ComparedCases, OfOneSideAloneAreListedWithTheReason) {
  const Entry common = sample::collective("all_reduce", 8, 1, 1e-6);
  Entry skipped = sample::collective("all_to_all", 8, 1, 1e-6);
  skipped.result.outcome = Skipped{"needs 4 ranks"};

  const auto comparison =
      compare({report_of("a", {common, sample::collective("all_to_all", 8, 1, 1e-6)})},
              {report_of("b", {common, skipped, sample::collective("gather", 8, 1, 1e-6)})});

  ASSERT_EQ(comparison.one_sided.size(), 2U);
  EXPECT_TRUE(comparison.one_sided[0].is_of_baseline);
  EXPECT_EQ(comparison.one_sided[0].reason, "needs 4 ranks");
  EXPECT_FALSE(comparison.one_sided[1].is_of_baseline);
  EXPECT_EQ(exit_status(comparison, false), 0);
  EXPECT_EQ(exit_status(comparison, true), 3);
}

TEST(ComparedCases, WhoseDataBecameWrongFail) {
  NamedReport wrong = report_with("b", 1);
  auto& measured = std::get<Measured>(wrong.report.entries[0].result.outcome);
  measured.verification.status = Verification::Status::failed;

  EXPECT_EQ(exit_status(compare({report_with("a", 1)}, {wrong}), false), 2);
  EXPECT_EQ(exit_status(compare({report_with("a", 1)}, {report_with("c", 1), wrong}), false), 2);
  EXPECT_EQ(exit_status(compare({wrong}, {report_with("b", 1)}), false), 0);
}

TEST(Compared, OfOtherMachinesIsRefusedUnlessForced) {
  NamedReport other = report_with("b", 1);
  other.report.run.topology_class = "8 ranks on 1 host, H100";

  EXPECT_NE(refusal_of([&] {
              compare({report_with("a", 1)}, {other});
            }).find("b of \"8 ranks on 1 host, H100\": times of different machines"),
            std::string::npos);

  const auto forced = compared({report_with("a", 1)}, {other}, floor_of_5_percent, true);
  ASSERT_EQ(forced.remarks.size(), 1U);
  EXPECT_EQ(forced.remarks[0].find("Different machines: a is of"), 0U);
}

TEST(Compared, OfNothingIsRefused) {
  EXPECT_EQ(refusal_of([] { compare({}, {report_with("b", 1)}); }), "--baseline: names no report");
  EXPECT_EQ(refusal_of([] { compare({report_with("b", 1)}, {}); }), "--candidate: names no report");
}

TEST(Compared, SaysThatARunDidNotEnd) {
  NamedReport cut = report_with("b", 1);
  cut.report.run.status = RunStatus::partial;
  cut.report.run.reason = "interrupted by SIGTERM";

  const auto comparison = compare({report_with("a", 1)}, {cut});

  EXPECT_EQ(comparison.remarks,
            std::vector<std::string>{"b is of a run that did not end: interrupted by SIGTERM."});
}

ReportComparison with_one_of_everything() {
  auto rows = sample::waterfall();
  rows[8].share_ppt += 5 * sample::percent_ppt;
  rows[0].share_ppt -= 5 * sample::percent_ppt;
  NamedReport before{"before/report.json", sample::report()}, after{"after", sample::report()};
  after.report.shortfall->waterfall = rows;
  for (Entry& entry : after.report.entries) {
    if (entry.result.benchmark != "gemm") continue;
    entry = sample::gemm(*std::get_if<std::int64_t>(&entry.result.params.begin()->second),
                         entry.result.params.text("dtype"), 50e9, 160e9);
  }
  after.report.entries.push_back(sample::collective(std::string(80, 'x'), 8, 1, 1e-6));
  return compare({before}, {after});
}

TEST(ComparisonText, IsNotWiderThan100Columns) {
  std::ostringstream out;
  write_comparison(out, with_one_of_everything());
  for (const std::string& line : split(out.str(), '\n')) {
    const bool has_an_endless_word = line.find("xxx") != std::string::npos;
    EXPECT_TRUE(has_an_endless_word || columns(line) <= 100) << line;
  }
}

TEST(ComparisonText, NamesCausesAndTheirCulpritsAndCases) {
  std::ostringstream out;
  write_comparison(out, with_one_of_everything());
  const std::string text = out.str();

  EXPECT_NE(text.find("MFU 39.0 % -> 34.0 %: -5.00 points"), std::string::npos) << text;
  EXPECT_NE(text.find("rank 1 on node02: its products take"), std::string::npos) << text;
  EXPECT_NE(text.find("  slower "), std::string::npos) << text;
  EXPECT_NE(text.find("only in the candidate"), std::string::npos) << text;
}

TEST(ComparisonText, SaysWhichOfSeveralReportsStandsForItsSide) {
  const auto of_one_report = with_one_of_everything();
  const auto of_several =
      compare({{"a1", sample::report()}, {"a2", sample::report()}}, {{"b", sample::report()}});
  std::ostringstream one, several;

  write_comparison(one, of_one_report);
  write_comparison(several, of_several);

  EXPECT_EQ(one.str().find("Median step"), std::string::npos);
  EXPECT_NE(several.str().find("by whose rows MFU is compared: a1."), std::string::npos);
}

TEST(ComparisonJson, IsOneDocumentWithTheStatus) {
  const auto comparison = with_one_of_everything();

  const auto document = nlohmann::json::parse(json_of(comparison, 2));

  EXPECT_EQ(document["exit_status"], 2);
  EXPECT_EQ(document["cases"].size(), comparison.cases.size());
  EXPECT_NEAR(document["mfu"]["change"].get<double>(), -0.05, 1e-12);
  EXPECT_EQ(document["counts"]["slower"], count_of(comparison, Change::slower));
  EXPECT_TRUE(document["mfu"]["terms"][0]["culprit"].is_object());
}

}  // namespace
}  // namespace shortfall
