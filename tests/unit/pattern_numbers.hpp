// What a pattern writes, as numbers.
#pragma once

#include <vector>

#include "core/draw.hpp"

namespace shortfall {

using Numbers = std::vector<double>;

inline Numbers numbers(const Pattern& pattern) {
  std::vector<std::byte> data(pattern.count * size_of(pattern.type));
  write(data, pattern);
  return draw::with_type(pattern.type, [&]<class T>(T) {
    Numbers all;
    for (const T value : draw::elements<T>(std::span<const std::byte>(data))) {
      all.push_back(draw::to_number(value));
    }
    return all;
  });
}

}  // namespace shortfall
