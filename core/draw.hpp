// How one element of a Pattern is drawn: shared by the code that writes patterns and the code that
// multiplies them again.
#pragma once

#include <span>

#include "core/draw_type.hpp"
#include "core/pattern.hpp"

namespace shortfall::draw {

inline Salt salt_of(const Draw& draw) { return salt_of(draw.seed, draw.batch); }
inline Key key_of(int rank, int operand, const Draw& draw) {
  return key_of(rank, operand, salt_of(draw));
}

// function(i, bits(first + i)) for i in [0, count): in 32-bit arithmetic, which is vectorised.
template <class Function>
void each_bits(std::size_t first, std::size_t count, Key key, Function function) {
  const std::size_t until_carry = (std::size_t{1} << 32U) - (first & 0xffffffffU);
  if (count > until_carry) {  // once in 2^32 elements: one at a time is fast enough
    for (std::size_t i = 0; i < count; ++i) function(i, bits(first + i, key));
    return;
  }
  const auto low = static_cast<std::uint32_t>(first);
  const auto high = static_cast<std::uint32_t>(first >> 32U) * 0x9e3779b9U;
  const std::uint32_t before = key.before ^ high;
  for (std::uint32_t i = 0; i < static_cast<std::uint32_t>(count); ++i) {
    function(i, mix32((low + i) ^ before) ^ key.after);
  }
}

// 65,536 equally likely values of the standard normal distribution, ascending.
std::span<const float, 65536> normal_quantiles();

template <class T>
std::span<T> elements(std::span<std::byte> data) {
  return {reinterpret_cast<T*>(data.data()), data.size() / sizeof(T)};
}
template <class T>
std::span<const T> elements(std::span<const std::byte> data) {
  return {reinterpret_cast<const T*>(data.data()), data.size() / sizeof(T)};
}

}  // namespace shortfall::draw
