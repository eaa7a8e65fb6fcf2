#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "core/error.hpp"
#include "core/statistics.hpp"

namespace shortfall {
namespace {

std::vector<Seconds> one_to(int n) {
  std::vector<Seconds> all;
  for (int i = n; i >= 1; --i) all.push_back({static_cast<double>(i)});
  return all;
}

TEST(Statistics, QuantilesAreMeasuredValues) {
  const Summary s = summarize(one_to(100));

  EXPECT_EQ(s.n, 100U);
  EXPECT_EQ(s.min.value, 1);
  EXPECT_EQ(s.p05.value, 5);
  EXPECT_EQ(s.p25.value, 25);
  EXPECT_EQ(s.median.value, 50);
  EXPECT_EQ(s.p75.value, 75);
  EXPECT_EQ(s.p95.value, 95);
  EXPECT_EQ(s.max.value, 100);
}

TEST(Statistics, The99thPercentileNeeds299Samples) {
  EXPECT_FALSE(summarize(one_to(298)).p99);
  EXPECT_EQ(summarize(one_to(299)).p99->value, 297);
}

// Exact binomial ranks: n = 6, 10, 20, 30, 100 as tables of nonparametric intervals have them.
TEST(Statistics, MedianRanksAreTheTabledOnes) {
  EXPECT_FALSE(median_ranks95(5));
  const auto expect = [](std::size_t n, std::size_t low, std::size_t high) {
    const auto ranks = median_ranks95(n);
    ASSERT_TRUE(ranks) << n;
    EXPECT_EQ(ranks->low, low) << n;
    EXPECT_EQ(ranks->high, high) << n;
  };
  expect(6, 1, 6);
  expect(8, 1, 8);
  expect(9, 2, 8);
  expect(10, 2, 9);
  expect(20, 6, 15);
  expect(30, 10, 21);
  expect(100, 40, 61);
}

TEST(Statistics, TheIntervalHoldsTheMedianAtLeast95TimesInAHundred) {
  std::mt19937 random(1);
  std::exponential_distribution<double> draw(1);
  const double truth = std::log(2.0);
  int held = 0;
  for (int repeat = 0; repeat < 2000; ++repeat) {
    std::vector<Seconds> samples(25);
    for (Seconds& s : samples) s = {draw(random)};
    const Interval i = *summarize(samples).ci95;
    held += static_cast<int>(i.low.value <= truth && truth <= i.high.value);
  }

  EXPECT_GE(held, 1880);
}

TEST(Statistics, OneSampleHasNoInterval) {
  const Summary s = summarize(one_to(1));

  EXPECT_EQ(s.median.value, 1);
  EXPECT_FALSE(s.ci95);
}

TEST(Statistics, NoSamplesAreAnError) {
  EXPECT_THROW(summarize({}), Error);
  EXPECT_THROW(median({}), Error);
}

TEST(Statistics, MedianOfAnEvenNumberIsTheMiddle) {
  EXPECT_EQ(median({4, 1, 3, 2}), 2.5);
  EXPECT_EQ(median({3, 1, 2}), 2);
}

TEST(LowerMedian, IsAValueThatIsThere) {
  EXPECT_EQ(lower_median(std::vector<double>{4, 1, 3, 2}), 2);
  EXPECT_EQ(lower_median(std::vector<double>{3, 1, 2}), 2);
  EXPECT_EQ(lower_median(std::vector<Seconds>{{9}, {1}}), Seconds{1});
  EXPECT_THROW(lower_median(std::vector<double>{}), Error);
}

TEST(Statistics, MedianAbsoluteDeviationIgnoresAnOutlier) {
  EXPECT_EQ(median_absolute_deviation(std::vector<double>{1, 2, 3, 4, 1000}), 1);
}

}  // namespace
}  // namespace shortfall
