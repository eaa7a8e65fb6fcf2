// Shapes of matrix products, as they stand in keys: "16x4096x4096".
#pragma once

#include <cstdint>
#include <string>

namespace shortfall {

// C is m x n, and k products are summed in each of its elements.
struct MxNxK {
  std::int64_t m, n, k;
};

MxNxK shape_from(const std::string& text);  // throws BadUsage
std::string text_of(const MxNxK& shape);

}  // namespace shortfall
