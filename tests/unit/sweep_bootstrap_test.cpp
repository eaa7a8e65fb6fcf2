// Intervals of fits: how often they contain a truth that is known.
#include "model/collectives/sweep_bootstrap.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "core/error.hpp"
#include "tests/unit/published_sweeps.hpp"

namespace shortfall {
namespace {

constexpr CostLine truth{{4e-6}, 1 / 20e9};

std::vector<SweepPoint> noisy_sweep(unsigned seed, double noise = 0.03) {
  std::mt19937 engine(seed);
  std::normal_distribution<double> error(0, noise);
  std::vector<SweepPoint> sweep;
  for (Bytes bytes = 1_KiB; bytes <= 512_MiB; bytes = bytes * 2) {
    sweep.push_back({bytes, truth.at(bytes) * std::exp(error(engine))});
  }
  return sweep;
}

template <class Quantity>
bool contains(const Bounds<Quantity>& bounds, Quantity value) {
  return bounds.low <= value && value <= bounds.high;
}

TEST(SweepBootstrap, IntervalsContainTheTruthAboutAsOftenAsPromised) {
  int cases = 0, latency = 0, bandwidth = 0, half_size = 0, inside = 0, beyond = 0;
  for (unsigned seed = 0; cases < 200; ++seed) {
    const auto sweep = noisy_sweep(seed);
    const SweepFit fit = fit_sweep(sweep);
    if (fit.segments().size() != 1) continue;  // intervals are those of given cuts
    const SweepBootstrap bootstrap(sweep, fit, {.coverage = 0.9, .repetitions = 200});
    ++cases;
    latency += contains(bootstrap.latency(0), truth.latency);
    bandwidth += contains(bootstrap.bandwidth(0), truth.bandwidth());
    half_size += contains(bootstrap.half_bandwidth_size(0), truth.half_bandwidth_size());
    inside += contains(bootstrap.time(100_KiB), truth.at(100_KiB));
    beyond += contains(bootstrap.time(4_GiB), truth.at(4_GiB));
  }
  for (const int hits : {latency, bandwidth, half_size, inside, beyond}) {
    EXPECT_GE(hits, 166);  // 0.83: three standard deviations of 200 throws below 0.9
    EXPECT_LE(hits, 193);
  }
}

TEST(SweepBootstrap, TheSameSeedGivesTheSameIntervals) {
  const auto sweep = noisy_sweep(1);
  const SweepFit fit = fit_sweep(sweep);
  const auto latency = [&](std::uint64_t seed) {
    return SweepBootstrap(sweep, fit, {.seed = seed}).latency(0);
  };
  EXPECT_EQ(latency(7).low, latency(7).low);
  EXPECT_EQ(latency(7).high, latency(7).high);
  EXPECT_NE(latency(7).low, latency(8).low);
}

TEST(SweepBootstrap, MoreNoiseAndMoreCoverageMakeWiderIntervals) {
  const auto width = [](double noise, double coverage) {
    const auto sweep = noisy_sweep(4, noise);
    const auto bounds = SweepBootstrap(sweep, fit_sweep(sweep), {.coverage = coverage}).time(1_MiB);
    return bounds.high / bounds.low;
  };
  EXPECT_GT(width(0.05, 0.9), width(0.01, 0.9));
  EXPECT_GT(width(0.03, 0.99), width(0.03, 0.5));
}

TEST(SweepBootstrap, EverySegmentOfAPublishedSweepHasIntervals) {
  const auto sweep = published_sweeps("four_nodes").front().points;
  const SweepFit fit = fit_sweep(sweep);
  const SweepBootstrap bootstrap(sweep, fit);
  for (std::size_t i = 0; i < fit.segments().size(); ++i) {
    EXPECT_TRUE(contains(bootstrap.bandwidth(i), fit.segments()[i].line.bandwidth()));
    EXPECT_TRUE(contains(bootstrap.latency(i), fit.segments()[i].line.latency));
  }
  const auto large = bootstrap.bandwidth(fit.segments().size() - 1);
  EXPECT_LT(large.high / large.low, 1.1);
}

TEST(SweepBootstrap, WhereNothingIsLeftToTellItRefuses) {
  const std::vector<SweepPoint> two{{1_KiB, {1e-6}}, {1_MiB, {1e-4}}};
  EXPECT_THROW(SweepBootstrap(two, fit_sweep(two)), BadUsage);
  const auto sweep = noisy_sweep(1);
  const SweepFit fit = fit_sweep(sweep);
  for (const double coverage : {0.0, 1.0, -0.5, std::nan("")}) {
    EXPECT_THROW(SweepBootstrap(sweep, fit, {.coverage = coverage}), BadUsage);
  }
  EXPECT_THROW(SweepBootstrap(sweep, fit, {.repetitions = 0}), BadUsage);
}

}  // namespace
}  // namespace shortfall
