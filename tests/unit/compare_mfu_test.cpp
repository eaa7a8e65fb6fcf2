// Why the MFU of two runs differs.
#include "diagnosis/compare_mfu.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "tests/unit/sample_sides.hpp"

namespace shortfall {
namespace {

using sample::compare;
using sample::report_of_steps;
using sample::report_with;

// The shares of rows that take these times, as the model rounds them.
std::vector<ShortfallRow> rows_of(const std::vector<std::pair<std::string, double>>& times) {
  double whole = 0;
  for (const auto& [id, time] : times) whole += time;
  std::vector<ShortfallRow> rows;
  double before = 0;
  std::int64_t share_before = 0;
  for (const auto& [id, time] : times) {
    before += time;
    const std::int64_t share = std::llround(before / whole * 1e12);
    rows.push_back({id, id, {time}, share - share_before, "measured", std::nullopt});
    share_before = share;
  }
  return rows;
}

double sum_of(const std::vector<MfuTerm>& terms) {
  double sum = 0;
  for (const MfuTerm& term : terms) sum += term.change;
  return sum;
}

double change_by(const std::vector<MfuTerm>& terms, const std::string& id) {
  return std::ranges::find(terms, id, &MfuTerm::id)->change;
}

TEST(MfuTerms, AreTheDifferenceTogether) {
  const auto before = rows_of({{"delivered", 0.41}, {"memory", 0.123}, {"data", 0.077}});
  const auto after = rows_of({{"delivered", 0.41},
                              {"memory", 0.2},
                              {"data", 0.05},
                              {"stragglers", 0.3},
                              {"residual", -0.01}});

  const auto terms = mfu_terms(before, after);

  EXPECT_NEAR(sum_of(terms), 0.41 / 0.95 - 0.41 / 0.61, 1e-12);
}

TEST(MfuTerms, OfTheSameArithmeticAreDifferencesOfTimesOverBothSteps) {
  const double work = 0.41, before = 0.61, after = 0.95;

  const auto terms = mfu_terms(rows_of({{"delivered", work}, {"memory", 0.123}, {"data", 0.077}}),
                               rows_of({{"delivered", work}, {"memory", 0.2}, {"data", 0.34}}));

  EXPECT_NEAR(change_by(terms, "memory"), -work * (0.2 - 0.123) / (before * after), 1e-12);
  EXPECT_NEAR(change_by(terms, "data"), -work * (0.34 - 0.077) / (before * after), 1e-12);
}

TEST(MfuTerms, OfOtherArithmeticAreTheDifferenceToo) {
  const auto terms = mfu_terms(rows_of({{"delivered", 0.3}, {"memory", 0.7}}),
                               rows_of({{"delivered", 0.9}, {"memory", 0.3}}));

  EXPECT_NEAR(sum_of(terms), 0.75 - 0.3, 1e-12);
}

TEST(MfuTerms, AreMirroredIfTheSidesAreSwapped) {
  const auto a = rows_of({{"delivered", 0.41}, {"memory", 0.123}, {"data", 0.077}});
  const auto b = rows_of({{"delivered", 0.41}, {"memory", 0.3}, {"outer", 0.02}});

  const auto there = mfu_terms(a, b), back = mfu_terms(b, a);

  for (const char* id : {"memory", "data", "outer"}) {
    EXPECT_NEAR(change_by(there, id), -change_by(back, id), 1e-15) << id;
  }
}

TEST(MfuTerms, BeginWithWhatMovedMostAndAddRowsOfOneName) {
  const auto terms =
      mfu_terms(rows_of({{"delivered", 0.5}, {"memory", 0.2}, {"data", 0.3}}),
                rows_of({{"delivered", 0.5}, {"memory", 0.2}, {"data", 0.2}, {"data", 0.4}}));

  ASSERT_EQ(terms.size(), 2U);
  EXPECT_EQ(terms[0].id, "data");
  EXPECT_NEAR(sum_of(terms), 0.5 / 1.3 - 0.5, 1e-12);
}

TEST(MfuTerms, OfEqualStepsAreNothing) {
  for (const MfuTerm& term : mfu_terms(sample::waterfall(), sample::waterfall())) {
    EXPECT_EQ(term.change, 0) << term.id;
  }
}

TEST(ComparedMfu, TakesTheReportWithTheMedianStepOfEachSide) {
  const auto rows = sample::waterfall();

  const auto comparison =
      compare({report_of_steps("slow", rows, 3), report_of_steps("fast", rows, 1),
               report_of_steps("middle", rows, 2)},
              {report_of_steps("b", rows, 1)});

  ASSERT_TRUE(comparison.mfu);
  EXPECT_EQ(comparison.mfu->baseline.report, "middle");
  EXPECT_EQ(comparison.mfu->baseline.step, Seconds{2});
  EXPECT_NEAR(comparison.mfu->candidate.mfu, 0.39, 1e-12);
}

TEST(ComparedMfu, PrefersStepsThatWereMeasured) {
  NamedReport predicted = report_of_steps("predicted", sample::waterfall(), 1);
  predicted.report.shortfall->measured_step.reset();

  const auto comparison = compare({predicted, report_of_steps("measured", sample::waterfall(), 9)},
                                  {report_of_steps("b", sample::waterfall(), 1)});

  EXPECT_EQ(comparison.mfu->baseline.report, "measured");
}

TEST(ComparedMfu, OfOneSideAloneIsSaidAndDoubtfulIfStrict) {
  NamedReport without = report_with("a", 1);
  without.report.shortfall.reset();

  const auto comparison = compare({without}, {report_with("b", 1)});

  EXPECT_FALSE(comparison.mfu);
  ASSERT_EQ(comparison.remarks.size(), 1U);
  EXPECT_EQ(comparison.remarks[0],
            "Of the candidate alone a shortfall is known: cases are compared, MFU is not.");
  EXPECT_EQ(exit_status(comparison, false), 0);
  EXPECT_EQ(exit_status(comparison, true), 3);
}

TEST(ComparedMfu, OfOtherWorkIsRemarkedOn) {
  NamedReport other = report_of_steps("b", sample::waterfall(), 1);
  other.report.shortfall->workload.run = {"layers = 4"};

  const auto comparison = compare({report_of_steps("a", sample::waterfall(), 1)}, {other});

  ASSERT_EQ(comparison.remarks.size(), 1U);
  EXPECT_EQ(comparison.remarks[0].find("The steps are not of the same work"), 0U);
}

}  // namespace
}  // namespace shortfall
