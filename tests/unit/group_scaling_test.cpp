// From measured groups to others: published measurements of larger groups, and made-up ones whose
// truth is known.
#include "model/collectives/group_scaling.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "core/error.hpp"
#include "tests/unit/published_sweeps.hpp"

namespace shortfall {
namespace {

using Kind = Collective::Kind;
using By = CollectiveAlgorithm;

using Wanted = std::function<bool(const PublishedSweep&)>;

GroupScaling scaling_of(const std::string& name, const Wanted& is_measured) {
  std::vector<MeasuredGroup> groups;
  for (const PublishedSweep& sweep : published_sweeps(name)) {
    if (is_measured(sweep)) groups.push_back({sweep.ranks, fit_sweep(sweep.points)});
  }
  return {Kind::all_reduce, std::move(groups)};
}

struct Held {
  double mean = 0, root_mean_square = 0;  // of relative errors, of log errors
  double in_range = 0;                    // share of the times
  int points = 0;
};

Held held_out(const GroupScaling& scaling, const std::string& name, const Wanted& is_held_out) {
  Held result;
  for (const PublishedSweep& sweep : published_sweeps(name)) {
    if (!is_held_out(sweep)) continue;
    for (const auto& [bytes, time] : sweep.points) {
      const GroupEstimate found = scaling.at(sweep.ranks, bytes);
      result.mean += std::abs(found.time / time - 1);
      result.root_mean_square += std::pow(std::log(found.time / time), 2);
      result.in_range += found.range.low <= time && time <= found.range.high;
      ++result.points;
    }
  }
  result.mean /= result.points;
  result.root_mean_square = std::sqrt(result.root_mean_square / result.points);
  result.in_range /= result.points;
  return result;
}

TEST(GroupScaling, PublishedNodesUpToSixteenPredictThirtyTwoToAHundredAndTwentyEight) {
  const auto small = [](const PublishedSweep& sweep) { return sweep.hosts <= 16; };
  const GroupScaling scaling = scaling_of("simai_nic", small);
  const Held held = held_out(scaling, "simai_nic", std::not_fn(small));
  EXPECT_EQ(held.points, 33);
  EXPECT_LT(held.mean, 0.123);
  EXPECT_GT(held.in_range, 0.8);
  EXPECT_EQ(scaling.law().algorithm,
            By::ring);  // latency grows with the nodes, not their logarithm
}

TEST(GroupScaling, PublishedGpusUpToFourPredictEight) {
  const auto small = [](const PublishedSweep& sweep) { return sweep.ranks <= 4; };
  const auto eight = [](const PublishedSweep& sweep) { return sweep.ranks == 8; };
  const GroupScaling scaling = scaling_of("vtrain_a100", small);
  EXPECT_LT(held_out(scaling, "vtrain_a100", eight).mean, 0.081);  // of a constant bandwidth
}

TEST(GroupScaling, PublishedGroupsBetweenMeasuredOnesAreFound) {
  const auto powers = [](const PublishedSweep& sweep) {
    return sweep.ranks == 2 || sweep.ranks == 4 || sweep.ranks == 8;
  };
  const GroupScaling scaling = scaling_of("vtrain_a100", powers);
  const Held held = held_out(scaling, "vtrain_a100", std::not_fn(powers));
  EXPECT_LT(held.mean, 0.04);
  EXPECT_GT(held.in_range, 0.8);
}

TEST(GroupScaling, OneGroupAloneMissesByWhatIsSaidOfIt) {
  const auto four = [](const PublishedSweep& sweep) { return sweep.ranks == 4; };
  const auto eight = [](const PublishedSweep& sweep) { return sweep.ranks == 8; };
  const GroupScaling scaling = scaling_of("vtrain_a100", four);
  EXPECT_NEAR(held_out(scaling, "vtrain_a100", eight).root_mean_square,
              scaling.error_per_doubling(), 0.01);
}

// Sweeps as an algorithm would make them.
SweepFit made_up(By algorithm, int ranks, const LinkCost& link) {
  std::vector<SweepPoint> sweep;
  for (Bytes bytes = 1_KiB; bytes <= 1_GiB; bytes = bytes * 4) {
    sweep.push_back({bytes, collective_time(Kind::all_reduce, algorithm, bytes, ranks, link)});
  }
  return fit_sweep(sweep);
}

constexpr LinkCost link{.latency = {4e-6}, .bandwidth = {25e9}};

GroupScaling made_up_scaling(By algorithm, const std::vector<int>& ranks,
                             std::optional<By> known = {}) {
  std::vector<MeasuredGroup> groups;
  for (const int n : ranks) groups.push_back({n, made_up(algorithm, n, link)});
  return {Kind::all_reduce, std::move(groups), known};
}

TEST(GroupScaling, ARingIsRecognisedAndExtrapolated) {
  const GroupScaling scaling = made_up_scaling(By::ring, {4, 8, 16});
  EXPECT_EQ(scaling.law().algorithm, By::ring);
  for (const int ranks : {2, 6, 12, 32, 128}) {
    for (const Bytes bytes : {4_KiB, 1_MiB, 1_GiB}) {
      const Seconds truth = collective_time(Kind::all_reduce, By::ring, bytes, ranks, link);
      EXPECT_NEAR(scaling.at(ranks, bytes).time / truth, 1, 0.01) << ranks << " ranks";
    }
  }
}

TEST(GroupScaling, ATreeIsRecognisedAndExtrapolated) {
  const GroupScaling scaling = made_up_scaling(By::double_binary_tree, {4, 8, 16, 32});
  EXPECT_EQ(scaling.law().algorithm, By::double_binary_tree);
  for (const Bytes bytes : {4_KiB, 1_MiB, 1_GiB}) {
    const Seconds truth =
        collective_time(Kind::all_reduce, By::double_binary_tree, bytes, 256, link);
    EXPECT_NEAR(scaling.at(256, bytes).time / truth, 1, 0.02);
  }
}

TEST(GroupScaling, AKnownAlgorithmIsTaken) {
  const GroupScaling scaling = made_up_scaling(By::ring, {4, 8, 16}, By::rabenseifner);
  EXPECT_EQ(scaling.law().algorithm, By::rabenseifner);
}

TEST(GroupScaling, AMeasuredGroupIsItsFit) {
  const GroupScaling scaling = made_up_scaling(By::ring, {4, 8, 16});
  const SweepFit fit = made_up(By::ring, 8, link);
  for (const Bytes bytes : {1_KiB, 3_MiB, 1_GiB}) {
    EXPECT_EQ(scaling.at(8, bytes).time, fit.at(bytes).time);
    EXPECT_FALSE(scaling.at(8, bytes).extrapolated);
  }
  EXPECT_TRUE(scaling.at(8, 4_GiB).extrapolated);
}

TEST(GroupScaling, FlagsSayHowFarAnEstimateReaches) {
  const GroupScaling scaling = made_up_scaling(By::ring, {4, 8, 16});
  const auto flags = [&](int ranks, Bytes bytes = 1_MiB) {
    const GroupEstimate found = scaling.at(ranks, bytes);
    return std::pair{found.extrapolated, found.beyond_reach};
  };
  using Flags = std::pair<bool, bool>;
  EXPECT_EQ(flags(1), Flags(false, false));
  EXPECT_EQ(flags(2), Flags(true, false));
  EXPECT_EQ(flags(12), Flags(false, false));
  EXPECT_EQ(flags(12, 4_GiB), Flags(true, false));
  EXPECT_EQ(flags(17), Flags(true, false));
  EXPECT_EQ(flags(128), Flags(true, false));
  EXPECT_EQ(flags(129), Flags(true, true));
  EXPECT_EQ(flags(std::numeric_limits<int>::max()), Flags(true, true));
}

TEST(GroupScaling, RangesWidenWithTheDistance) {
  const GroupScaling scaling =
      scaling_of("simai_nic", [](const PublishedSweep& sweep) { return sweep.hosts <= 16; });
  double before = 1;
  for (const int ranks : {128, 256, 512, 1024, 8192}) {
    const GroupEstimate found = scaling.at(ranks, 1_GiB);
    EXPECT_LT(found.range.low, found.time);
    EXPECT_LT(found.time, found.range.high);
    EXPECT_GT(found.range.high / found.range.low, before);
    before = found.range.high / found.range.low;
  }
}

TEST(GroupScaling, OneRankTakesNoTimeAndNoneIsRefused) {
  const GroupScaling scaling = made_up_scaling(By::ring, {4});
  EXPECT_EQ(scaling.at(1, 1_GiB).time.value, 0);
  EXPECT_THROW(scaling.at(0, 1_GiB), BadUsage);
  EXPECT_THROW(scaling.at(-8, 1_GiB), BadUsage);
}

TEST(GroupScaling, ACurveOfOneGroupIsTheSameAsAskingEachTime) {
  const GroupScaling scaling = made_up_scaling(By::ring, {4, 8, 16});
  for (const int ranks : {1, 2, 8, 10, 100}) {
    const GroupCurve curve = scaling.in(ranks);
    EXPECT_EQ(curve.at(3_MiB).time, scaling.at(ranks, 3_MiB).time);
  }
}

TEST(GroupScaling, NoBytesTakeAFiniteTime) {
  const GroupScaling scaling = made_up_scaling(By::ring, {4, 8});
  for (const int ranks : {2, 6, 8, 64}) {
    EXPECT_TRUE(std::isfinite(scaling.at(ranks, {0}).time.value));
  }
}

TEST(GroupScaling, WhatIsNoFamilyOfGroupsIsRefused) {
  const auto of = [](std::vector<int> ranks, Kind kind = Kind::all_reduce,
                     std::optional<By> algorithm = {}) {
    std::vector<MeasuredGroup> groups;
    for (const int n : ranks) groups.push_back({n, made_up(By::ring, 4, link)});
    return GroupScaling(kind, std::move(groups), algorithm);
  };
  EXPECT_THROW(of({}), BadUsage);
  EXPECT_THROW(of({1, 2}), BadUsage);
  EXPECT_THROW(of({-4}), BadUsage);
  EXPECT_THROW(of({2, 4, 2}), BadUsage);
  EXPECT_THROW(of({2, 4}, Kind::all_to_all, By::ring), BadUsage);
}

TEST(GroupScaling, EveryCollectiveCanBeScaled) {
  for (const Kind kind : {Kind::all_reduce, Kind::all_gather, Kind::reduce_scatter,
                          Kind::all_to_all, Kind::all_to_allv, Kind::broadcast, Kind::reduce,
                          Kind::gather, Kind::scatter, Kind::ring, Kind::neighbors}) {
    std::vector<MeasuredGroup> groups;
    for (const int ranks : {2, 4, 8}) {
      std::vector<SweepPoint> sweep;
      for (Bytes bytes = 1_KiB; bytes <= 1_GiB; bytes = bytes * 4) {
        sweep.push_back({bytes, collective_time(kind, usual_algorithm(kind), bytes, ranks, link)});
      }
      groups.push_back({ranks, fit_sweep(sweep)});
    }
    const GroupScaling scaling(kind, std::move(groups));
    const Seconds truth = collective_time(kind, usual_algorithm(kind), 16_MiB, 32, link);
    EXPECT_NEAR(scaling.at(32, 16_MiB).time / truth, 1, 0.05) << name_of(kind);
  }
}

}  // namespace
}  // namespace shortfall
