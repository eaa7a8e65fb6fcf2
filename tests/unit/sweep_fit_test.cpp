// Fits of sweeps: published ones, and made-up ones whose truth is known.
#include "model/collectives/sweep_fit.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>

#include "core/error.hpp"
#include "model/collectives/segmentation.hpp"
#include "tests/unit/published_sweeps.hpp"

namespace shortfall {
namespace {

using Sweep = std::vector<SweepPoint>;

constexpr CostLine small_messages{{5e-6}, 1 / 10e9}, large_messages{{20e-6}, 1 / 40e9};

// `count` sizes from 1 KiB on, each twice the one before, with normal noise on log time.
Sweep sweep_of(auto&& line_of, std::size_t count = 24, double noise = 0, unsigned seed = 1) {
  std::mt19937 engine(seed);
  std::normal_distribution<double> error(0, 1);
  Sweep sweep;
  for (Bytes bytes = 1_KiB; sweep.size() < count; bytes = bytes * 2) {
    const double disturbed = std::exp(noise * error(engine));
    sweep.push_back({bytes, line_of(bytes).at(bytes) * disturbed});
  }
  return sweep;
}

const auto one_line = [](Bytes) { return small_messages; };
const auto switched = [](Bytes bytes) { return bytes < 1_MiB ? small_messages : large_messages; };

double relative_error(const SweepFit& fit, const SweepPoint& point) {
  return std::abs(fit.at(point.bytes).time / point.time - 1);
}

// Of each size but the first and last one, if it had not been measured.
FitError left_out(const Sweep& sweep) {
  FitError error;
  for (std::size_t i = 1; i + 1 < sweep.size(); ++i) {
    Sweep others = sweep;
    others.erase(others.begin() + static_cast<std::ptrdiff_t>(i));
    const double one = relative_error(fit_sweep(others), sweep[i]);
    error.mean += one / static_cast<double>(sweep.size() - 2);
    error.largest = std::max(error.largest, one);
  }
  return error;
}

double mean_error_of_one_line(const Sweep& sweep) {
  std::vector<LogSample> samples;
  for (const auto& [bytes, time] : sweep) {
    samples.push_back({bytes.value, time.value, std::log(time.value)});
  }
  const CostLine line = fit_line(samples, huber_for(1), guessed_line(samples));
  double sum = 0;
  for (const auto& [bytes, time] : sweep) sum += std::abs(line.at(bytes) / time - 1);
  return sum / static_cast<double>(sweep.size());
}

TEST(SweepFit, PublishedSweepOfFourNodesIsFittedWithinTwoAndAHalfPercent) {
  const Sweep sweep = published_sweeps("four_nodes").front().points;
  const SweepFit fit = fit_sweep(sweep);
  EXPECT_EQ(fit.segments().size(), 4);
  EXPECT_LT(fit.error().mean, 0.025);
  EXPECT_LT(fit.error().largest, 0.08);
  double mean = 0;
  for (const SweepPoint& point : sweep) mean += relative_error(fit, point) / 20;
  EXPECT_NEAR(mean, fit.error().mean, 1e-12);  // what it says of itself
  EXPECT_GT(mean_error_of_one_line(sweep), 0.085);
}

TEST(SweepFit, SizesOfPublishedSweepsThatWereLeftOutAreFound) {
  const FitError four_nodes = left_out(published_sweeps("four_nodes").front().points);
  EXPECT_LT(four_nodes.mean, 0.085);
  EXPECT_LT(four_nodes.largest, 0.31);
  EXPECT_LT(left_out(published_sweeps("b200_one_node").front().points).mean, 0.085);
  EXPECT_LT(left_out(published_sweeps("b200_four_nodes").front().points).mean, 0.075);
}

TEST(SweepFit, PublishedSweepsThatStepAtEveryOtherSizeAreFittedWithinFivePercent) {
  for (const char* const name : {"b200_one_node", "b200_four_nodes"}) {
    const FitError error = fit_sweep(published_sweeps(name).front().points).error();
    EXPECT_LT(error.mean, 0.05) << name;
    EXPECT_LT(error.largest, 0.32) << name;
  }
}

TEST(SweepFit, PublishedSweepsWithinANodeAreNearlyOneLine) {
  for (const PublishedSweep& sweep : published_sweeps("vtrain_a100")) {
    EXPECT_LT(fit_sweep(sweep.points).error().mean, 0.035) << sweep.ranks << " GPUs";
    EXPECT_LT(left_out(sweep.points).mean, 0.045) << sweep.ranks << " GPUs";
  }
}

TEST(SweepFit, AnExactLineIsFoundExactly) {
  const SweepFit fit = fit_sweep(sweep_of(one_line));
  ASSERT_EQ(fit.segments().size(), 1);
  const CostLine& line = fit.segments().front().line;
  EXPECT_NEAR(line.latency.value / 5e-6, 1, 1e-6);
  EXPECT_NEAR(line.bandwidth().value / 10e9, 1, 1e-6);
  EXPECT_NEAR(line.half_bandwidth_size().value / 50e3, 1, 1e-6);
  EXPECT_EQ(fit.segments().front().points, 24);
}

TEST(SweepFit, AStraightLineGetsOneSegmentInSpiteOfNoise) {
  int of_one = 0;
  for (unsigned seed = 0; seed < 100; ++seed) {
    const SweepFit fit = fit_sweep(sweep_of(one_line, 24, 0.03, seed));
    of_one += fit.segments().size() == 1;
  }
  EXPECT_GE(of_one, 95);
}

TEST(SweepFit, AProtocolSwitchIsFoundWhereItIs) {
  int right = 0;
  for (unsigned seed = 0; seed < 100; ++seed) {
    const SweepFit fit = fit_sweep(sweep_of(switched, 24, 0.02, seed));
    right += fit.segments().size() == 2 && fit.segments()[0].last == 512_KiB &&
             fit.segments()[1].first == 1_MiB;
  }
  EXPECT_GE(right, 90);
}

TEST(SweepFit, ASwitchMayMakeLargerMessagesFaster) {
  const auto slow_then_fast = [](Bytes bytes) {
    return bytes < 64_KiB ? CostLine{{5e-6}, 1e-9} : CostLine{{5e-6}, 1e-10};
  };
  const SweepFit fit = fit_sweep(sweep_of(slow_then_fast));
  ASSERT_EQ(fit.segments().size(), 2);
  EXPECT_LT(fit.at(64_KiB).time, fit.at(32_KiB).time);
}

TEST(SweepFit, OutliersDoNotMoveALine) {
  const Sweep clean = sweep_of(one_line, 24, 0.01);
  Sweep disturbed = clean;
  disturbed[4].time = disturbed[4].time * 4;
  disturbed[11].time = disturbed[11].time * 3;
  disturbed[20].time = disturbed[20].time / 2;
  const SweepFit fit = fit_sweep(disturbed);
  ASSERT_EQ(fit.segments().size(), 1);
  for (const SweepPoint& point : clean) {
    EXPECT_NEAR(fit.at(point.bytes).time / small_messages.at(point.bytes), 1, 0.02);
  }
}

TEST(SweepFit, BetweenSegmentsItJoinsTheirEnds) {
  const SweepFit fit = fit_sweep(sweep_of(switched));
  const Seconds before = small_messages.at(512_KiB), after = large_messages.at(1_MiB);
  EXPECT_NEAR(fit.at(768_KiB).time / ((before + after) / 2), 1, 1e-6);
  EXPECT_FALSE(fit.at(768_KiB).extrapolated);
}

TEST(SweepFit, BeyondTheMeasuredSizesTheNearestSegmentGoesOnAndIsFlagged) {
  const SweepFit fit = fit_sweep(sweep_of(switched));
  EXPECT_TRUE(fit.at({0}).extrapolated);
  EXPECT_NEAR(fit.at({0}).time.value / 5e-6, 1, 1e-6);
  EXPECT_TRUE(fit.at(1_GiB * 1024).extrapolated);
  EXPECT_NEAR(fit.at(1_GiB * 1024).time / large_messages.at(1_GiB * 1024), 1, 1e-6);
  EXPECT_FALSE(fit.at(fit.smallest()).extrapolated);
  EXPECT_FALSE(fit.at(fit.largest()).extrapolated);
}

TEST(SweepFit, LatencyAndBandwidthAreNeverNegative) {
  // Convex: a line through it would begin below zero. And falling: one would end there.
  const SweepFit convex = fit_sweep(Sweep{{1_KiB, {1e-6}}, {2_KiB, {4e-6}}, {4_KiB, {16e-6}}});
  const SweepFit falling = fit_sweep(Sweep{{1_KiB, {4e-6}}, {2_KiB, {2e-6}}, {4_KiB, {1e-6}}});
  for (const SweepFit& fit : {convex, falling}) {
    for (const Bytes bytes : {Bytes{0}, 1_KiB, 1_GiB}) EXPECT_GE(fit.at(bytes).time, Seconds{0});
  }
  EXPECT_EQ(convex.segments().front().line.latency.value, 0);
  EXPECT_EQ(falling.segments().front().line.seconds_per_byte, 0);
}

TEST(SweepFit, TheOrderOfPointsDoesNotMatter) {
  Sweep sweep = sweep_of(switched, 24, 0.05);
  const SweepFit ascending = fit_sweep(sweep);
  std::shuffle(sweep.begin(), sweep.end(), std::mt19937(3));
  const SweepFit shuffled = fit_sweep(sweep);
  for (const SweepPoint& point : sweep) {
    EXPECT_EQ(shuffled.at(point.bytes).time, ascending.at(point.bytes).time);
  }
}

TEST(SweepFit, ASizeMayHaveSeveralTimes) {
  Sweep sweep = sweep_of(one_line, 12);
  for (std::size_t i = 0; i < 12; ++i) {
    sweep.push_back({sweep[i].bytes, sweep[i].time * 1.02});
    sweep.push_back({sweep[i].bytes, sweep[i].time * 0.98});
  }
  const SweepFit fit = fit_sweep(sweep);
  ASSERT_EQ(fit.segments().size(), 1);
  EXPECT_NEAR(fit.at(1_KiB).time / small_messages.at(1_KiB), 1, 0.01);
}

TEST(SweepFit, TwoSizesAreALine) {
  const SweepFit fit = fit_sweep(Sweep{{1_KiB, {2e-6}}, {1_MiB, {100e-6}}});
  EXPECT_NEAR(fit.at(1_KiB).time.value, 2e-6, 1e-12);
  EXPECT_NEAR(fit.at(1_MiB).time.value, 100e-6, 1e-10);
  EXPECT_EQ(fit.scatter(), 0);
}

TEST(SweepFit, NoBytesAtAllIsASizeToo) {
  Sweep sweep = sweep_of(one_line, 12);
  sweep.push_back({{0}, {5e-6}});
  EXPECT_NEAR(fit_sweep(sweep).at({0}).time.value / 5e-6, 1, 1e-6);
  EXPECT_NEAR(fit_sweep(Sweep{{{0}, {1e-6}}, {1_MiB, {1e-4}}}).at({0}).time.value, 1e-6, 1e-9);
}

TEST(SweepFit, LongSweepsAreCutNearASwitch) {
  Sweep sweep;
  for (int i = 1; i <= 1024; ++i) {
    const Bytes bytes = 1_MiB * i;
    sweep.push_back(
        {bytes, (i < 100 ? CostLine{{1e-4}, 1e-9} : CostLine{{1e-4}, 1e-10}).at(bytes)});
  }
  const SweepFit fit = fit_sweep(sweep);
  EXPECT_GE(fit.segments().size(), 2);
  EXPECT_NEAR(fit.at(50_MiB).time / sweep[49].time, 1, 0.01);
  EXPECT_NEAR(fit.at(500_MiB).time / sweep[499].time, 1, 0.01);
}

TEST(SweepFit, WhatIsNoSweepIsRefused) {
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  constexpr double infinity = std::numeric_limits<double>::infinity();
  const auto refuses = [](const Sweep& sweep) { EXPECT_THROW(fit_sweep(sweep), BadUsage); };
  refuses({});
  refuses({{1_KiB, {1e-6}}});
  refuses({{1_KiB, {1e-6}}, {1_KiB, {2e-6}}, {1_KiB, {3e-6}}});
  for (const double bad : {0.0, -1.0, nan, infinity, 1e300, 1e-300}) {
    refuses({{1_KiB, {1e-6}}, {2_KiB, {bad}}, {4_KiB, {3e-6}}});
  }
  for (const double bad : {-1.0, nan, infinity, 1e300}) {
    refuses({{1_KiB, {1e-6}}, {{bad}, {2e-6}}, {4_KiB, {3e-6}}});
  }
}

TEST(SweepFit, ARefusalNamesThePoint) {
  try {
    fit_sweep(Sweep{{1_KiB, {1e-6}}, {2_KiB, {-1}}});
    FAIL() << "a negative time was taken";
  } catch (const BadUsage& error) {
    EXPECT_NE(std::string(error.what()).find("point 2 of a sweep is 2048 B in -1 s"),
              std::string::npos)
        << error.what();
  }
}

TEST(SweepFit, ExtremesOfWhatIsTakenAreFitted) {
  const SweepFit fit =
      fit_sweep(Sweep{{{0}, {1e-12}}, {{1}, {1e9}}, {{1e18}, {1e9}}, {{1e17}, {1}}});
  for (const Bytes bytes : {Bytes{0}, Bytes{1}, Bytes{1e12}, Bytes{1e18}}) {
    EXPECT_TRUE(std::isfinite(fit.at(bytes).time.value));
    EXPECT_GE(fit.at(bytes).time, Seconds{0});
  }
}

}  // namespace
}  // namespace shortfall
