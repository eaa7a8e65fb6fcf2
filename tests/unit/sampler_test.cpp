#include <gtest/gtest.h>

#include "harness/sampler.hpp"

namespace shortfall {
namespace {

// How often one looks until it is enough, if every sample takes what `sample` says.
template <class Sample>
std::vector<int> looks(Sampler sampler, Seconds call, Sample sample) {
  std::vector<int> counts;
  int number = 0;
  while (const int next = sampler.next()) {
    counts.push_back(next);
    std::vector<Seconds> taken;
    for (int i = 0; i < next; ++i) taken.push_back({sample(number++)});
    sampler.add(taken, call * sampler.calls_per_sample() * next);
  }
  return counts;
}

TEST(Sampler, StopsWhenTheIntervalIsNarrow) {
  const Sampler sampler({.budget = {100}}, {100}, {0.01});

  EXPECT_EQ(looks(sampler, {0.01}, [](int) { return 0.01; }), std::vector{10});
}

TEST(Sampler, TakesTheFewestThatAreAskedForWhateverTheBudgetSays) {
  for (const int fewest : {3, 10}) {
    const Sampler sampler({.fewest = fewest}, {1e-6}, {0.01});

    EXPECT_EQ(looks(sampler, {0.01}, [](int) { return 0.01; }), std::vector{fewest});
  }
}

TEST(Sampler, LooksOnAGeometricSchedule) {
  const Sampler sampler({.budget = {100}}, {1}, {0.01});

  const auto counts = looks(sampler, {0.01}, [](int i) { return i % 2 == 0 ? 0.01 : 0.02; });

  EXPECT_EQ(std::vector(counts.begin(), counts.begin() + 4), (std::vector{10, 5, 7, 11}));
}

TEST(Sampler, StopsWhenTheTimeIsSpent) {
  const Sampler sampler({}, {0.5}, {0.01});

  const auto counts = looks(sampler, {0.01}, [](int i) { return i % 2 == 0 ? 0.01 : 0.02; });

  int all = 0;
  for (const int count : counts) all += count;
  EXPECT_LE(all, 50);
  EXPECT_GE(all, 40);
}

TEST(Sampler, TakesThreeHoweverSlow) {
  const Sampler sampler({}, {0.1}, {10});

  EXPECT_EQ(looks(sampler, {10}, [](int) { return 10.0; }), std::vector{3});
}

TEST(Sampler, TakesExactlyAsManyAsAskedFor) {
  const Sampler sampler({.samples = 7}, {100}, {0.01});

  EXPECT_EQ(looks(sampler, {0.01}, [](int i) { return 0.01 * i; }), std::vector{7});
}

TEST(Sampler, RepeatsShortCallsWithinASample) {
  EXPECT_EQ(Sampler({.sample_time = {0.001}}, {1}, {1e-6}).calls_per_sample(), 1000);
  EXPECT_EQ(Sampler({.sample_time = {0.001}}, {1}, {1}).calls_per_sample(), 1);
  EXPECT_EQ(isolated_sampler({.sample_time = {0.001}}, {1}, {1e-6}).calls_per_sample(), 1);
}

}  // namespace
}  // namespace shortfall
