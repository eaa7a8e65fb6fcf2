// How passes over memory were measured, by pattern and size, relative to what the model says of
// them with one bandwidth for all: caches and patterns.
#pragma once

#include <array>
#include <vector>

#include "core/operation/memory_pass.hpp"

namespace shortfall {

struct MeasuredPass {
  MemoryPass pass;
  double over_model = 1;  // measured time / that of the model
};

class MeasuredPasses {
 public:
  // At least one.
  explicit MeasuredPasses(const std::vector<MeasuredPass>& measured);

  // By which the model's time is to be multiplied: between two measured sizes of the pattern by
  // straight lines in logarithms, beyond them that of the nearest. A pattern that was not measured
  // goes by copy, or by whatever was.
  double over_model(const MemoryPass& pass) const;

  // Of that pattern or the one that stands for it.
  Bytes largest(MemoryPass::Kind kind) const;

 private:
  struct Point {
    double log_bytes, log_over_model;
  };
  using Curve = std::vector<Point>;  // ascending
  static constexpr std::size_t kinds = 9;

  const Curve& curve_of(MemoryPass::Kind kind) const;

  std::array<Curve, kinds> curves_;
};

}  // namespace shortfall
