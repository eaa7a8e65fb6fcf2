// Arithmetic on counts: divided among ranks, multiplied without overflow.
#pragma once

#include <algorithm>
#include <cstdint>

namespace shortfall {

// Of `whole`, what one of so many ways gets at most: what cannot be divided is padded.
constexpr std::int64_t share_of(std::int64_t whole, std::int64_t ways) {
  const std::int64_t divisor = std::max(ways, std::int64_t{1});
  return (whole + divisor - 1) / divisor;
}

template <class... Counts>
constexpr double product(Counts... counts) {
  return (static_cast<double>(counts) * ...);
}

}  // namespace shortfall
