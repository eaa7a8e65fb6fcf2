// Arithmetic on counts: divided among ranks, multiplied without overflow.
#pragma once

#include <cstdint>
#include <limits>

namespace shortfall {

// Of `whole`, what one of so many ways gets at most: what cannot be divided is padded.
constexpr std::int64_t share_of(std::int64_t whole, std::int64_t ways) {
  if (ways <= 1) return whole;
  const std::int64_t rounded_up = whole + ways - 1;
  // Searches divide by the million: 64 bits would take three times as long.
  constexpr std::int64_t most = std::numeric_limits<std::uint32_t>::max();
  if (rounded_up < 0 || rounded_up > most || ways > most) return rounded_up / ways;
  return static_cast<std::uint32_t>(rounded_up) / static_cast<std::uint32_t>(ways);
}

template <class... Counts>
constexpr double product(Counts... counts) {
  return (static_cast<double>(counts) * ...);
}

}  // namespace shortfall
