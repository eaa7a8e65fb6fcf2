// Patterns of every shape and type, of odd sizes and periods.
#pragma once

#include <string>
#include <vector>

#include "core/pattern.hpp"

namespace shortfall {

struct NamedPattern {
  std::string name;
  Pattern pattern;
};

// All that can be written.
inline std::vector<NamedPattern> every_pattern(DType type, std::size_t count) {
  using Kind = MemoryPass::Kind;
  using Reduction = Collective::Reduction;
  constexpr Draw draw{.seed = 11, .batch = 3};
  constexpr std::size_t beyond_32_bits = (std::size_t{1} << 32U) - 3;
  constexpr Range some{2, 3};
  std::vector<NamedPattern> patterns;
  const auto add = [&](std::string name, Shape shape, Range range = {2, 1}) {
    patterns.push_back({std::string(name_of(type)) + " " + name + " of " + std::to_string(count),
                        {type, count, range, draw, std::move(shape)}});
  };
  for (const char* const data :
       {"normal", "uniform", "integers", "zeros", "sparse:0.5", "sorted"}) {
    const bool is_multiplied = !is_integer(type) || size_of(type) == 1;
    if (!is_multiplied) break;  // operands of products have no such type
    add(data, Drawn{1, data_from(data), 37});
  }
  if (type == DType::nvfp4) return patterns;  // has no other
  add("poison", Poison{});
  add("constant", Constant{7});
  add("own", Own{2, 1, count, 0});
  add("own, repeated", Own{2, 0, 37, 5});
  add("own, some ranks", Own{2, 0, 300, 0}, some);
  add("own, far on", Own{1, 0, 2 * beyond_32_bits, beyond_32_bits});
  add("own, width 0", Own{1, 0, count, 0}, {0, 1});
  add("placed", Placed{Own{1, 0, 500, 0}, 3, count / 2});
  for (const Reduction reduction : {Reduction::sum, Reduction::max, Reduction::min}) {
    const std::string name = reduction == Reduction::sum   ? "sum"
                             : reduction == Reduction::max ? "maximum"
                                                           : "minimum";
    add(name, Reduced{reduction, 5, 70});
    add(name + " of some", Reduced{reduction, 10, 1}, some);
  }
  add("average", Reduced{Reduction::avg, 4, 70}, {.bits = 0, .multiple = 4});
  add("product", Reduced{Reduction::prod, 3, 70}, {.is_of_factors = true});
  add("product of some", Reduced{Reduction::prod, 10, 1}, {.one_in = 5, .is_of_factors = true});
  add("factors", Own{2, 0, count, 0}, {.one_in = 3, .is_of_factors = true});
  add("multiples", Own{2, 0, count, 0}, {.bits = 2, .multiple = 3});
  add("blocks", BlockFromEach{33, 7});
  add("neighbors", FromNeighbors{3, 1, count / 2});
  add("indices", Indices{1, 1, 100});
  if (!traits_of(type).is_signed) return patterns;  // holds no sum of signed numbers
  for (const Kind kind : {Kind::copy, Kind::scale, Kind::add, Kind::triad, Kind::gather}) {
    add("pass " + std::to_string(static_cast<int>(kind)), Passed{{kind, 1_KiB}, 1, count});
  }
  add("mix", Passed{{Kind::mix, 1_KiB, 3}, 1, count});
  return patterns;
}

inline const std::vector<std::size_t> odd_counts{1,  2,  7,  16,  17,   31,  32,
                                                 33, 64, 65, 127, 1000, 4099};

}  // namespace shortfall
