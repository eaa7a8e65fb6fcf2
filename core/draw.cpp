#include "core/draw.hpp"

#include <cmath>
#include <numbers>
#include <vector>

namespace shortfall::draw {
namespace {

// Newton's method on the distribution function, from the neighbour's solution: two steps are
// enough.
std::vector<float> make_quantiles() {
  constexpr std::size_t count = 65536;
  std::vector<float> table(count);
  double x = 0;
  for (std::size_t i = count / 2; i < count; ++i) {
    const double p = (static_cast<double>(i) + 0.5) / count;
    for (int step = 0; step < 4; ++step) {
      const double below = 1 - 0.5 * std::erfc(x / std::numbers::sqrt2);
      const double density = std::exp(-x * x / 2) / std::sqrt(2 * std::numbers::pi);
      x -= (below - p) / density;
    }
    table[i] = static_cast<float>(x);
    table[count - 1 - i] = -table[i];
  }
  return table;
}

}  // namespace

std::span<const float, 65536> normal_quantiles() {
  static const std::vector<float> table = make_quantiles();
  return std::span<const float, 65536>(table);
}

}  // namespace shortfall::draw
