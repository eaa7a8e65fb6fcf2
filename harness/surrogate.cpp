#include "harness/surrogate.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace shortfall {
namespace {

double square(double x) { return x * x; }

// How alike two points are at this distance, in lengths: 1 at none, 0 far away.
double likeness(double distance, double length) {
  return std::exp(-0.5 * square(distance / length));
}

// Variances of logarithms: rates differ by a factor of e^0.4 along an axis, by 5 % with
// alignment, by 7 % from one region to the next, by 1.5 % from one measurement to the next.
constexpr double of_size = 0.15, of_alignment = 0.0025, of_region = 0.005, of_noise = 0.000225;
constexpr double octaves_of_size = 1.4, powers_of_alignment = 1, octaves_of_region = 0.35;

}  // namespace

Surrogate::Surrogate(const std::vector<std::vector<std::int64_t>>& points)
    : axes_(points.empty() ? 0 : points.front().size()),
      points_(points.size()),
      explained_(points.size()),
      weight_of_values_(points.size()),
      weight_of_mean_(points.size()) {
  for (const auto& point : points) {
    for (const std::int64_t size : point) {
      const int power_of_two = std::countr_zero(static_cast<std::uint64_t>(size));
      features_.push_back(
          {std::log2(static_cast<double>(size)), static_cast<double>(power_of_two)});
    }
  }
}

double Surrogate::covariance(std::size_t a, std::size_t b) const {
  double sum = 0, region = of_region;
  for (std::size_t axis = 0; axis < axes_; ++axis) {
    const Feature& x = features_[a * axes_ + axis];
    const Feature& y = features_[b * axes_ + axis];
    const double octaves = x.octave - y.octave;
    sum += of_size * likeness(octaves, octaves_of_size);
    sum += of_alignment * likeness(x.alignment - y.alignment, powers_of_alignment);
    region *= likeness(octaves, octaves_of_region);
  }
  return sum + region;
}

void Surrogate::learn(std::size_t point, double value) {
  // rows_[j][point] are the new row of the factor but for its diagonal.
  double value_left = value, one_left = 1;
  for (std::size_t j = 0; j < rows_.size(); ++j) {
    value_left -= rows_[j][point] * values_[j];
    one_left -= rows_[j][point] * ones_[j];
  }
  const double diagonal =
      std::sqrt(std::max(covariance(point, point) - explained_[point], 0.0) + of_noise);
  values_.push_back(value_left / diagonal);
  ones_.push_back(one_left / diagonal);
  std::vector<double> row(points_);
  for (std::size_t x = 0; x < points_; ++x) row[x] = covariance(point, x);
  for (const std::vector<double>& earlier : rows_) {
    for (std::size_t x = 0; x < points_; ++x) row[x] -= earlier[point] * earlier[x];
  }
  for (std::size_t x = 0; x < points_; ++x) {
    row[x] /= diagonal;
    explained_[x] += row[x] * row[x];
    weight_of_values_[x] += row[x] * values_.back();
    weight_of_mean_[x] += row[x] * ones_.back();
  }
  rows_.push_back(std::move(row));
}

Surrogate::Belief Surrogate::of(std::size_t point) const {
  double values = 0, ones = 1e-12;
  for (std::size_t j = 0; j < rows_.size(); ++j) {
    values += ones_[j] * values_[j];
    ones += ones_[j] * ones_[j];
  }
  const double common = values / ones;  // the mean that explains the observations best
  const double variance = std::max(covariance(point, point) - explained_[point], 0.0);
  return {common * (1 - weight_of_mean_[point]) + weight_of_values_[point], std::sqrt(variance)};
}

}  // namespace shortfall
