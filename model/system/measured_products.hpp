// How matrix products were measured, relative to what the model says of them: so that its tiles and
// waves stay in what lies between two measured shapes.
#pragma once

#include <array>
#include <vector>

#include "core/operation/gemm.hpp"

namespace shortfall {

struct MeasuredProduct {
  Gemm shape;             // its type is that in which the model was asked
  double over_model = 1;  // measured time / that of the model
};

class MeasuredProducts {
 public:
  // At least one. Several times of one shape count as their mean (of logarithms).
  explicit MeasuredProducts(const std::vector<MeasuredProduct>& measured);

  // By which the model's time is to be multiplied. Of a measured shape what was measured; of
  // others the mean (of logarithms) over all measured ones of the same type by 1 / distance^4, the
  // distance being that of log m, log n, log k and log batch: Shepard's interpolation. A type that
  // is not there goes by the first one. Allocates nothing.
  double over_model(const Gemm& shape) const;

  // Whether some measured shape has m, n, k and batch within a factor of 4.
  bool is_near(const Gemm& shape) const;

 private:
  struct Point {
    DType type;
    std::array<double, 4> place;  // lg m, lg n, lg k, lg batch
    double log_over_model;
  };
  DType type_for(DType asked) const;

  std::vector<Point> points_;
};

}  // namespace shortfall
