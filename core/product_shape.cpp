#include "core/product_shape.hpp"

#include <vector>

#include "core/error.hpp"
#include "core/text.hpp"

namespace shortfall {

MxNxK shape_from(const std::string& text) {
  constexpr std::int64_t largest = std::int64_t{1} << 24;
  std::vector<std::int64_t> sizes;
  for (const std::string& part : split(text, 'x')) {
    const auto size = parse_integer(part);
    if (size && *size >= 1 && *size <= largest) sizes.push_back(*size);
  }
  if (sizes.size() != 3 || split(text, 'x').size() != 3) {
    throw BadUsage("'" + text + "' is no shape. It is MxNxK with whole numbers from 1 to " +
                   std::to_string(largest) + ", such as 16x4096x4096");
  }
  return {sizes[0], sizes[1], sizes[2]};
}

std::string text_of(const MxNxK& shape) {
  return std::to_string(shape.m) + "x" + std::to_string(shape.n) + "x" + std::to_string(shape.k);
}

}  // namespace shortfall
