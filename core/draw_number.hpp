// The whole numbers that ranks draw and combine, one by one, on the host and on accelerators alike:
// in C++17, and constant expressions.
#pragma once

#include <limits>

#include "core/draw_element.hpp"
#include "core/operation/reduction_kind.hpp"

namespace shortfall::draw {

// Elements of one block of so many share their contributing ranks.
constexpr std::size_t block_size = 64;

// Of a Range with `bits`: a signed type has one more, for the sign.
template <class T>
constexpr int width_of(int bits) {
  const int width = bits + (std::is_unsigned_v<T> ? 0 : 1);
  return width < 1 ? 1 : width;
}
template <class T>
constexpr std::int32_t number(std::uint32_t random, int width) {
  return std::is_unsigned_v<T> ? unsigned_number(random, width) : signed_number(random, width);
}

// 1, 2 and, of signed types, their negatives.
template <class T>
constexpr std::int32_t factor(std::uint32_t random) {
  const std::int32_t size = unsigned_number(random, 1) + 1;
  const bool is_negative = !std::is_unsigned_v<T> && (random & 1U) != 0;
  return is_negative ? -size : size;
}

// Whoever does not contribute holds it.
constexpr std::int32_t neutral(bool is_of_factors) { return is_of_factors ? 1 : 0; }

// The first of the ranks that contribute to an element; the others follow every `one_in`.
constexpr int first_contributor(std::size_t index, int one_in, Salt salt) {
  if (one_in == 1) return 0;
  const std::uint64_t hash = mix64(index / block_size ^ salt.of_contributors);
  return static_cast<int>(hash % static_cast<std::uint64_t>(one_in));
}

// What a reduction starts from. Ranks that do not contribute hold zeros, which a maximum must see.
constexpr std::int32_t before_reduction(ReductionKind kind, int one_in) {
  using Limits = std::numeric_limits<std::int32_t>;
  if (kind == ReductionKind::prod) return 1;
  const bool is_extreme = kind == ReductionKind::max || kind == ReductionKind::min;
  if (!is_extreme || one_in > 1) return 0;
  return kind == ReductionKind::max ? Limits::min() : Limits::max();
}
constexpr std::int32_t reduced(ReductionKind kind, std::int32_t so_far, std::int32_t term) {
  if (kind == ReductionKind::sum || kind == ReductionKind::avg) return so_far + term;
  if (kind == ReductionKind::prod) return so_far * term;
  return (so_far < term) == (kind == ReductionKind::max) ? term : so_far;
}
// What becomes of the sum, or whatever it is, of so many ranks.
constexpr double after_reduction(ReductionKind kind, std::int32_t result, int ranks) {
  return kind == ReductionKind::avg ? static_cast<double>(result) / ranks : result;
}

// NaN, or bytes of 0x7f.
template <class T>
constexpr T poison() {
  if constexpr (std::is_integral_v<T>) {
    return static_cast<T>(0x7f7f7f7f7f7f7f7f);
  } else {
    return from_number<T>(double_of(0x7ff8000000000000U));
  }
}

}  // namespace shortfall::draw
