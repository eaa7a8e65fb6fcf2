#include "model/limits/rounding.hpp"

#include <algorithm>
#include <cmath>

namespace shortfall {

std::int64_t nearest_nice(double value, const std::vector<std::int64_t>& significands) {
  constexpr std::int64_t most = std::int64_t{1} << 60;
  std::int64_t best = significands.front();
  for (std::int64_t candidate : significands) {
    while (static_cast<double>(candidate * 2) <= value && candidate < most) candidate *= 2;
    for (const std::int64_t near : {candidate, candidate * 2}) {
      const double gap = std::abs(static_cast<double>(near) - value);
      const double best_gap = std::abs(static_cast<double>(best) - value);
      if (gap < best_gap || (gap == best_gap && near < best)) best = near;
    }
  }
  return best;
}

}  // namespace shortfall
