// The choice among several ways to do the same, by trying them.
#pragma once

#include <algorithm>
#include <cstddef>
#include <limits>
#include <vector>

#include "backends/host/now.hpp"

namespace shortfall {

// Which of `ways` (at least one) takes the least seconds_of(number) in any of `turns` turns. The
// first turn is not counted; slow ways have two.
template <class Time>
std::size_t fastest_of(std::size_t ways, int turns, Time seconds_of) {
  constexpr double patience = 0.5;  // seconds after which the second turn is the last
  std::vector<double> best(ways, std::numeric_limits<double>::infinity());
  const double start = now();
  for (int turn = 0; turn < turns && (turn < 2 || now() - start < patience); ++turn) {
    for (std::size_t i = 0; i < ways; ++i) {
      const double time = seconds_of(i);
      if (turn > 0) best[i] = std::min(best[i], time);
    }
  }
  return static_cast<std::size_t>(std::ranges::min_element(best) - best.begin());
}

}  // namespace shortfall
