// Errors of predictions by source, and the factor of a source's software stack.
#include "model/calibration.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace shortfall {
namespace {

double mean_error(const std::vector<double>& ratios, double factor) {
  double sum = 0;
  for (const double ratio : ratios) sum += std::abs(factor / ratio - 1);
  return sum / static_cast<double>(ratios.size());
}

// One source whose runs are predicted to take 1 s each.
std::vector<ComparedRun> measured(const std::vector<double>& times) {
  std::vector<ComparedRun> runs;
  for (const double time : times) runs.push_back({"lab", {1}, Seconds{time}});
  return runs;
}

TEST(SourceKey, IsTheIdUpToItsFirstDash) {
  EXPECT_EQ(source_key("kort22-gpt-22B"), "kort22");
  EXPECT_EQ(source_key("lab"), "lab");
  EXPECT_EQ(source_key("-7"), "");
}

TEST(BestFactor, LeavesTheLeastMeanError) {
  for (const std::vector<double>& ratios :
       {std::vector<double>{1.3}, {0.8, 1.7, 0.9}, {3, 1, 2, 1.5}, {1.01, 1.02, 1.5, 0.4, 1.1}}) {
    const double least = mean_error(ratios, best_factor(ratios));
    for (double factor = 0.3; factor < 4; factor += 0.01) {
      EXPECT_LE(least, mean_error(ratios, factor) + 1e-12) << factor;
    }
  }
}

TEST(BestFactor, IsTheMiddleOfARangeOfEquallyGoodOnes) {
  EXPECT_DOUBLE_EQ(mean_error({2, 1, 2}, 1.1), mean_error({2, 1, 2}, 1.9));
  EXPECT_DOUBLE_EQ(best_factor({2, 1, 2}), 1.5);
}

TEST(ErrorsBySource, AreThoseOfAllMeasuredRunsWithoutCalibration) {
  std::vector<ComparedRun> runs = measured({0.8, 1.25});
  runs.push_back({"lab", {1}, std::nullopt});

  const SourceErrors errors = errors_by_source(runs, Calibration::none).at(0);

  EXPECT_EQ(errors.rows, 2);
  EXPECT_DOUBLE_EQ(*errors.mape, (0.25 + 0.2) / 2);
  EXPECT_NEAR(*errors.bias, (0.25 - 0.2) / 2, 1e-12);
  EXPECT_FALSE(errors.factor);
}

TEST(ErrorsBySource, AreJudgedOnRunsThatTheFactorDoesNotKnow) {
  const auto runs = measured({2, 1, 2, 2, 4, 8, 2});

  const SourceErrors errors = errors_by_source(runs, Calibration::per_source).at(0);

  EXPECT_DOUBLE_EQ(*errors.factor, 2);  // of the first, the fourth and the seventh
  EXPECT_EQ(errors.rows, 4);
  EXPECT_DOUBLE_EQ(*errors.mape, (1 + 0 + 0.5 + 0.75) / 4);
  EXPECT_DOUBLE_EQ(*errors.bias, (1 + 0 - 0.5 - 0.75) / 4);
}

TEST(ErrorsBySource, CountEveryThirdAmongMeasuredRunsOfTheSource) {
  std::vector<ComparedRun> runs = measured({2, 1, 1, 2});
  runs.insert(runs.begin() + 1, {{"lab", {1}, std::nullopt}, {"other", {1}, Seconds{7}}});

  const auto errors = errors_by_source(runs, Calibration::per_source);

  EXPECT_DOUBLE_EQ(*errors.at(0).factor, 2);
  EXPECT_EQ(errors.at(0).rows, 2);
  EXPECT_DOUBLE_EQ(*errors.at(1).factor, 7);
}

TEST(ErrorsBySource, AreUnknownWhereNothingIsLeftToJudge) {
  const auto errors = errors_by_source({{"one", {1}, Seconds{2}}, {"none", {1}, std::nullopt}},
                                       Calibration::per_source);

  EXPECT_DOUBLE_EQ(*errors.at(0).factor, 2);
  EXPECT_EQ(errors.at(0).rows, 0);
  EXPECT_FALSE(errors.at(0).mape || errors.at(0).bias);
  EXPECT_FALSE(errors.at(1).factor || errors.at(1).mape);
}

TEST(ErrorsBySource, ComeInTheOrderInWhichSourcesAppear) {
  const auto errors =
      errors_by_source({{"b", {1}, std::nullopt}, {"a", {1}, Seconds{1}}, {"b", {1}, Seconds{1}}},
                       Calibration::none);

  ASSERT_EQ(errors.size(), 2U);
  EXPECT_EQ(errors[0].source, "b");
  EXPECT_EQ(errors[1].source, "a");
}

}  // namespace
}  // namespace shortfall
