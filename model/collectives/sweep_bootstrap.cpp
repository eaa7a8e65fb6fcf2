#include "model/collectives/sweep_bootstrap.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "core/error.hpp"
#include "core/hash.hpp"
#include "model/collectives/segmentation.hpp"

namespace shortfall {
namespace {

// One segment's points, and the times that its line gives them.
struct FittedSegment {
  SweepSegment segment;
  std::vector<LogSample> fitted;
};

struct FittedSweep {
  std::vector<FittedSegment> segments;
  std::vector<double> errors;  // of log time, of all points
};

FittedSweep fitted(std::span<const SweepPoint> points, const SweepFit& fit) {
  FittedSweep sweep;
  for (const SweepSegment& segment : fit.segments()) {
    FittedSegment one{segment, {}};
    for (const auto& [bytes, time] : points) {
      if (bytes < segment.first || bytes > segment.last) continue;
      const double seconds = segment.line.at(bytes).value;
      one.fitted.push_back({bytes.value, seconds, std::log(seconds)});
      sweep.errors.push_back(std::log(time.value) - one.fitted.back().log_seconds);
    }
    sweep.segments.push_back(std::move(one));
  }
  return sweep;
}

// Between -z and z lies this share of the standard normal distribution: Newton's method, which
// approaches z from below.
double normal_quantile(double share) {
  double z = 0;
  for (int step = 0; step < 40; ++step) {
    const double density = std::exp(-z * z / 2) / std::sqrt(2 * std::numbers::pi);
    z += (share - std::erf(z / std::numbers::sqrt2)) / (2 * density);
  }
  return z;
}

// A fit passes nearer to its points than the truth does: by as many degrees of freedom as it has
// numbers. And of few degrees it is not known well how near, for which Student's quantiles are
// wider than normal ones: by their expansion in 1 / free.
void widen(std::vector<double>& errors, std::size_t fitted_numbers, double coverage) {
  const auto n = static_cast<double>(errors.size());
  const double free = n - static_cast<double>(fitted_numbers);
  if (free < 1) {
    throw BadUsage(fmt::format(
        "{} points of a sweep for {} fitted numbers: nothing is left to say how sure they are",
        errors.size(), fitted_numbers));
  }
  const double z = normal_quantile(coverage);
  const double student = 1 + (z * z + 1) / (4 * free);
  for (double& error : errors) error *= student * std::sqrt(n / free);
}

// Independent draws, the same ones for the same seed.
class Dealer {
 public:
  Dealer(const std::vector<double>& errors, std::uint64_t seed) : errors_(errors), state_(seed) {}
  double next() { return errors_[mix64(state_++) % errors_.size()]; }

 private:
  const std::vector<double>& errors_;
  std::uint64_t state_;
};

SweepFit repeated(const FittedSweep& sweep, Huber huber, Dealer& dealer) {
  std::vector<SweepSegment> segments;
  for (const FittedSegment& one : sweep.segments) {
    std::vector<LogSample> samples = one.fitted;
    for (LogSample& sample : samples) {
      sample.log_seconds += dealer.next();
      sample.seconds = std::exp(sample.log_seconds);
    }
    segments.push_back(one.segment);
    segments.back().line = fit_line(samples, huber, one.segment.line);
  }
  return {std::move(segments), 0, {}};
}

void check(const BootstrapOptions& options) {
  constexpr int fewest = 20, most = 1'000'000;
  const bool is_possible = options.coverage > 0 && options.coverage < 1 &&
                           options.repetitions >= fewest && options.repetitions <= most;
  if (is_possible) return;
  throw BadUsage(
      fmt::format("intervals of coverage {} from {} repetitions: expected a share between 0 and 1, "
                  "and from {} to "
                  "{} repetitions",
                  options.coverage, options.repetitions, fewest, most));
}

}  // namespace

SweepBootstrap::SweepBootstrap(std::span<const SweepPoint> points, const SweepFit& fit,
                               const BootstrapOptions& options)
    : coverage_(options.coverage) {
  check(options);
  FittedSweep sweep = fitted(points, fit);
  widen(sweep.errors, 2 * fit.segments().size(), options.coverage);
  const Huber huber = huber_for(fit.scatter());
  Dealer dealer(sweep.errors, mix64(options.seed));
  for (int i = 0; i < options.repetitions; ++i) {
    repetitions_.push_back(repeated(sweep, huber, dealer));
  }
}

template <class Quantity>
Bounds<Quantity> SweepBootstrap::bounds(auto&& value_of) const {
  std::vector<Quantity> values;
  values.reserve(repetitions_.size());
  for (const SweepFit& fit : repetitions_) values.push_back(value_of(fit));
  std::ranges::sort(values);
  const double outside = (1 - coverage_) / 2 * static_cast<double>(values.size() - 1);
  const auto low = static_cast<std::size_t>(outside);
  return {values[low], values[values.size() - 1 - low]};
}

Bounds<Seconds> SweepBootstrap::time(Bytes bytes) const {
  return bounds<Seconds>([&](const SweepFit& fit) { return fit.at(bytes).time; });
}

Bounds<Seconds> SweepBootstrap::latency(std::size_t segment) const {
  return bounds<Seconds>([&](const SweepFit& fit) { return fit.segments()[segment].line.latency; });
}

Bounds<Bandwidth> SweepBootstrap::bandwidth(std::size_t segment) const {
  return bounds<Bandwidth>(
      [&](const SweepFit& fit) { return fit.segments()[segment].line.bandwidth(); });
}

Bounds<Bytes> SweepBootstrap::half_bandwidth_size(std::size_t segment) const {
  return bounds<Bytes>(
      [&](const SweepFit& fit) { return fit.segments()[segment].line.half_bandwidth_size(); });
}

}  // namespace shortfall
