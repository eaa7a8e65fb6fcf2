#include "model/collectives/sweep_fit.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/error.hpp"
#include "model/collectives/segmentation.hpp"

namespace shortfall {
namespace {

// Beyond what any machine does, so that squares of ratios stay finite.
constexpr Bytes largest_size{1e18};
constexpr Seconds shortest_time{1e-12}, longest_time{1e9};

// Not written as its opposite: comparisons with NaN are false.
bool is_sensible(const SweepPoint& point) {
  return point.bytes >= Bytes{0} && point.bytes <= largest_size && point.time >= shortest_time &&
         point.time <= longest_time;
}

std::vector<LogSample> samples_of(std::span<const SweepPoint> points) {
  std::vector<LogSample> samples;
  samples.reserve(points.size());
  for (std::size_t i = 0; i < points.size(); ++i) {
    const auto [bytes, time] = points[i];
    if (!is_sensible(points[i])) {
      throw BadUsage(
          fmt::format("point {} of a sweep is {} B in {} s: expected a size from 0 to {} B and a "
                      "time from {} to "
                      "{} s",
                      i + 1, bytes.value, time.value, largest_size.value, shortest_time.value,
                      longest_time.value));
    }
    samples.push_back({bytes.value, time.value, std::log(time.value)});
  }
  std::ranges::sort(samples, [](const LogSample& a, const LogSample& b) {
    return a.bytes != b.bytes ? a.bytes < b.bytes : a.seconds < b.seconds;
  });
  return samples;
}

FitError error_of(const Segmentation& found, const std::vector<LogSample>& samples) {
  FitError error;
  for (const LineSegment& segment : found.segments) {
    for (std::size_t i = segment.first; i < segment.end; ++i) {
      const double fitted = segment.line.at({samples[i].bytes}).value;
      const double relative = std::abs(fitted / samples[i].seconds - 1);
      error.mean += relative / static_cast<double>(samples.size());
      error.largest = std::max(error.largest, relative);
    }
  }
  return error;
}

CostLine joining(const SweepSegment& before, const SweepSegment& after) {
  const Seconds from = before.line.at(before.last), to = after.line.at(after.first);
  const double seconds_per_byte = (to - from).value / (after.first - before.last).value;
  return {from - Seconds{before.last.value * seconds_per_byte}, seconds_per_byte};
}

}  // namespace

SweepFit::SweepFit(std::vector<SweepSegment> segments, double scatter, FitError error)
    : segments_(std::move(segments)), scatter_(scatter), error_(error) {
  for (std::size_t i = 0; i < segments_.size(); ++i) {
    if (i > 0) pieces_.push_back({segments_[i].first, joining(segments_[i - 1], segments_[i])});
    pieces_.push_back({segments_[i].last, segments_[i].line});
  }
  pieces_.back().until = {std::numeric_limits<double>::infinity()};
}

SweepFit fit_sweep(std::span<const SweepPoint> points) {
  const std::vector<LogSample> samples = samples_of(points);
  if (samples.empty() || samples.front().bytes == samples.back().bytes) {
    throw BadUsage(
        fmt::format("a sweep of {} points has fewer than two sizes: latency and bandwidth cannot "
                    "be told apart. "
                    "Measure a range of sizes",
                    points.size()));
  }
  const Segmentation found = segment(samples);
  std::vector<SweepSegment> segments;
  for (const LineSegment& one : found.segments) {
    segments.push_back(
        {{samples[one.first].bytes}, {samples[one.end - 1].bytes}, one.end - one.first, one.line});
  }
  return {std::move(segments), found.scatter, error_of(found, samples)};
}

}  // namespace shortfall
