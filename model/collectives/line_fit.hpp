// A straight line through measured times of a collective: latency + bytes * seconds_per_byte.
// Errors count by their logarithm, so that 8 B weigh as much as 8 GiB, and outliers count less.
#pragma once

#include <span>

#include "core/units.hpp"

namespace shortfall {

struct CostLine {
  Seconds latency;
  double seconds_per_byte = 0;

  constexpr Seconds at(Bytes bytes) const {
    return {latency.value + bytes.value * seconds_per_byte};
  }
  // Infinite where more bytes take no longer.
  constexpr Bandwidth bandwidth() const { return {1 / seconds_per_byte}; }
  // The size at which half of the bandwidth is reached ("n half").
  constexpr Bytes half_bandwidth_size() const { return {latency.value / seconds_per_byte}; }
};

// A measured point, its logarithm taken once.
struct LogSample {
  double bytes, seconds, log_seconds;
};

// Huber's loss: the square of small errors, beyond `bend` the error itself.
struct Huber {
  double bend;

  constexpr double weight(double error) const {
    const double size = error < 0 ? -error : error;
    return size <= bend ? 1 : bend / size;
  }
  constexpr double loss(double error) const {
    const double size = error < 0 ? -error : error;
    return size <= bend ? error * error / 2 : bend * (size - bend / 2);
  }
};

// The line of least squares of relative errors: where a fit may begin.
CostLine guessed_line(std::span<const LogSample> samples);

struct FitEffort {
  double settled = 1e-9;  // a step that changes both numbers by no larger a part is the last one
  int most_steps = 60;
};
// Enough to compare lines with one another: their loss is at a minimum, so that it changes with the
// square of what the numbers lack.
inline constexpr FitEffort rough{1e-3, 8};

// The line of least loss whose latency and seconds per byte are not negative, sought from `start`
// on. Samples: at least one, of positive times.
CostLine fit_line(std::span<const LogSample> samples, Huber huber, const CostLine& start,
                  FitEffort effort = {});

// log(line / measured).
double log_error(const CostLine& line, const LogSample& sample);

}  // namespace shortfall
