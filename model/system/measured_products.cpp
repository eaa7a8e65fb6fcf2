#include "model/system/measured_products.hpp"

#include <algorithm>
#include <cmath>

namespace shortfall {
namespace {

using Place = std::array<double, 4>;

Place place_of(const Gemm& shape) {
  const auto lg = [](std::int64_t size) { return std::log2(static_cast<double>(size)); };
  return {lg(shape.m), lg(shape.n), lg(shape.k), lg(shape.batch)};
}

double squared_distance(const Place& a, const Place& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += (a[i] - b[i]) * (a[i] - b[i]);
  return sum;
}

}  // namespace

MeasuredProducts::MeasuredProducts(const std::vector<MeasuredProduct>& measured) {
  for (const MeasuredProduct& one : measured) {
    points_.push_back({one.shape.type, place_of(one.shape), std::log(one.over_model)});
  }
}

DType MeasuredProducts::type_for(DType asked) const {
  const bool is_known = std::ranges::find(points_, asked, &Point::type) != points_.end();
  return is_known ? asked : points_.front().type;
}

double MeasuredProducts::over_model(const Gemm& shape) const {
  const DType type = type_for(shape.type);
  const Place place = place_of(shape);
  double sum = 0, weights = 0;
  double same = 0, times = 0;
  for (const Point& point : points_) {
    if (point.type != type) continue;
    const double squared = squared_distance(place, point.place);
    if (squared <= 0) {
      same += point.log_over_model;
      ++times;
      continue;
    }
    const double weight = 1 / (squared * squared);
    sum += weight * point.log_over_model;
    weights += weight;
  }
  return std::exp(times > 0 ? same / times : sum / weights);
}

bool MeasuredProducts::is_near(const Gemm& shape) const {
  constexpr double lg_of_four = 2;
  const Place place = place_of(shape);
  return std::ranges::any_of(points_, [&](const Point& point) {
    return std::ranges::equal(place, point.place,
                              [](double a, double b) { return std::abs(a - b) <= lg_of_four; });
  });
}

}  // namespace shortfall
