#include "model/collectives/line_fit.hpp"

#include <algorithm>
#include <cmath>

namespace shortfall {
namespace {

// Of the sweep itself (its middle time, its largest size), so that neither seconds nor bytes decide
// how well the equations are conditioned.
struct Scale {
  double seconds, bytes;
};

Scale scale_of(std::span<const LogSample> samples) {
  double largest = 0;
  for (const LogSample& sample : samples) largest = std::max(largest, sample.bytes);
  return {samples[samples.size() / 2].seconds, largest > 0 ? largest : 1};
}

struct ScaledLine {  // time = level + slope * size
  double level, slope;
};

ScaledLine scaled(const CostLine& line, const Scale& scale) {
  return {line.latency.value / scale.seconds, line.seconds_per_byte * scale.bytes / scale.seconds};
}

CostLine unscaled(const ScaledLine& line, const Scale& scale) {
  return {{line.level * scale.seconds}, line.slope * scale.seconds / scale.bytes};
}

// Weighted normal equations of `level * x + slope * y = target`.
struct Sums {
  double xx = 0, xy = 0, yy = 0, xt = 0, yt = 0;

  void add(double weight, double x, double y, double target) {
    xx += weight * x * x;
    xy += weight * x * y;
    yy += weight * y * y;
    xt += weight * x * target;
    yt += weight * y * target;
  }
};

// By how much a line with one of the two numbers alone lowers the sum of squares.
double gain(double product, double square) {
  return square > 0 && product > 0 ? product * product / square : 0;
}

// The least squares solution without negative numbers. Of two unknowns: inside, or on the better
// edge.
ScaledLine solved(const Sums& sums) {
  const double determinant = sums.xx * sums.yy - sums.xy * sums.xy;
  constexpr double singular = 1e-13;  // nothing but rounding: sizes that are all alike
  if (determinant > singular * sums.xx * sums.yy) {
    const ScaledLine inside{(sums.xt * sums.yy - sums.yt * sums.xy) / determinant,
                            (sums.yt * sums.xx - sums.xt * sums.xy) / determinant};
    if (inside.level >= 0 && inside.slope >= 0) return inside;
  }
  if (gain(sums.xt, sums.xx) >= gain(sums.yt, sums.yy)) return {sums.xt / sums.xx, 0};
  return {0, sums.yt / sums.yy};
}

// What a line says of a sample, as far as a logarithm can be taken of it: one without latency says
// nothing of zero bytes.
double positive(double model, double measured) {
  constexpr double least = 1e-3;
  return std::max(model, least * measured);
}

// One step of Gauss and Newton on the logarithm: log(next / model) is taken as next / model - 1.
ScaledLine improved(const ScaledLine& line, std::span<const LogSample> samples, const Scale& scale,
                    Huber huber) {
  constexpr double lowest_target = 0.1;  // no time becomes negative in one step
  const double log_scale = std::log(scale.seconds);
  Sums sums;
  for (const LogSample& sample : samples) {
    const double size = sample.bytes / scale.bytes;
    const double model = positive(line.level + line.slope * size, sample.seconds / scale.seconds);
    const double error = std::log(model) + log_scale - sample.log_seconds;
    sums.add(huber.weight(error), 1 / model, size / model, std::max(1 - error, lowest_target));
  }
  return solved(sums);
}

bool has_settled(const ScaledLine& before, const ScaledLine& now, double enough) {
  return std::abs(now.level - before.level) <= enough * now.level &&
         std::abs(now.slope - before.slope) <= enough * now.slope;
}

}  // namespace

CostLine guessed_line(std::span<const LogSample> samples) {
  const Scale scale = scale_of(samples);
  Sums sums;
  for (const LogSample& sample : samples) {
    const double time = sample.seconds / scale.seconds;
    sums.add(1, 1 / time, sample.bytes / scale.bytes / time, 1);
  }
  return unscaled(solved(sums), scale);
}

CostLine fit_line(std::span<const LogSample> samples, Huber huber, const CostLine& start,
                  FitEffort effort) {
  const Scale scale = scale_of(samples);
  ScaledLine line = scaled(start, scale);
  for (int step = 0; step < effort.most_steps; ++step) {
    const ScaledLine next = improved(line, samples, scale, huber);
    const bool done = has_settled(line, next, effort.settled);
    line = next;
    if (done) break;
  }
  return unscaled(line, scale);
}

double log_error(const CostLine& line, const LogSample& sample) {
  const double model = positive(line.at({sample.bytes}).value, sample.seconds);
  return std::log(model) - sample.log_seconds;
}

}  // namespace shortfall
