// How matrix products were measured, relative to what the model says of them: so that its tiles and
// waves stay in what lies between two measured shapes.
#pragma once

#include <array>
#include <vector>

#include "core/operation/gemm.hpp"

namespace shortfall {

struct MeasuredProduct {
  Gemm shape;
  double over_model = 1;  // measured time / that of the model
};

class MeasuredProducts {
 public:
  // Of one type of elements, at least one. Several times of one shape count as their mean.
  explicit MeasuredProducts(const std::vector<MeasuredProduct>& measured);

  // By which the model's time is to be multiplied. Of a measured shape what was measured; of
  // others the mean (of logarithms) over all measured ones by 1 / distance^4, the distance being
  // that of log m, log n, log k and log batch: Shepard's interpolation. Allocates nothing.
  double over_model(const Gemm& shape) const;

  // Whether some measured shape has m, n, k and batch within a factor of 4.
  bool is_near(const Gemm& shape) const;

 private:
  struct Point {
    std::array<double, 4> place;  // lg m, lg n, lg k, lg batch
    double log_over_model;
  };
  std::vector<Point> points_;
};

}  // namespace shortfall
