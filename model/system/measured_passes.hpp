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
  // At least one. Several times of one size count as their mean (of logarithms).
  explicit MeasuredPasses(const std::vector<MeasuredPass>& measured);

  // By which the model's time is to be multiplied: between two measured sizes of the pattern by
  // straight lines in logarithms, beyond them that of the nearest. A pattern that was not measured
  // goes by copy, or by whatever was; a mix first by one of another number of arrays.
  double over_model(const MemoryPass& pass) const;

  // Of that pattern or the one that stands for it.
  Bytes largest(const MemoryPass& pass) const;

 private:
  struct Point {
    double log_bytes, log_over_model;
  };
  using Curve = std::vector<Point>;  // ascending
  // Kinds, and of mixes one for each number of arrays that are read.
  static constexpr std::size_t kinds = 9, patterns = kinds + MemoryPass::most_reads;

  static std::size_t pattern_of(const MemoryPass& pass);
  const Curve* nearest_mix(const MemoryPass& pass) const;
  const Curve& curve_of(const MemoryPass& pass) const;

  std::array<Curve, patterns> curves_;
};

}  // namespace shortfall
