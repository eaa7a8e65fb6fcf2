// What may be expected of sizes that were not measured, from those that were.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace shortfall {

// A Gaussian process over points of whole sizes (m, n, k), for logarithms of rates. It holds that
// rates change smoothly with the logarithm of each size, that sizes divisible by the same power of
// two are alike, and that neighbours are alike beyond that. Adding an observation takes time in
// proportion to points times observations.
class Surrogate {
 public:
  explicit Surrogate(const std::vector<std::vector<std::int64_t>>& points);

  void learn(std::size_t point, double value);

  struct Belief {
    double mean = 0, deviation = 0;
  };
  Belief of(std::size_t point) const;

 private:
  struct Feature {  // of one size
    double octave, alignment;
  };
  double covariance(std::size_t a, std::size_t b) const;

  std::size_t axes_;
  std::vector<Feature> features_;  // of all axes of the first point, then of the second, ...
  std::size_t points_;
  // The covariance of observations is factorised row by row (Cholesky). For each observation: the
  // factor's row, applied to the covariance with every point.
  std::vector<std::vector<double>> rows_;
  // Sums over rows, by point: variance explained, and weights of values and of their common mean.
  std::vector<double> explained_, weight_of_values_, weight_of_mean_;
  std::vector<double> values_, ones_;  // with the factor's inverse applied
};

}  // namespace shortfall
