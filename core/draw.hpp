// How one element of a Pattern is drawn: shared by the code that writes patterns and the code that
// multiplies them again.
#pragma once

#include <span>

#include "core/draw_element.hpp"
#include "core/pattern.hpp"

namespace shortfall::draw {

inline Key key_of(int rank, int operand, const Draw& draw) {
  const auto who = static_cast<std::uint64_t>(rank) << 8U | static_cast<std::uint64_t>(operand);
  const std::uint64_t key = mix64(who ^ mix64(draw.batch ^ mix64(draw.seed)));
  return {static_cast<std::uint32_t>(key), static_cast<std::uint32_t>(key >> 32U)};
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

// Calls function(T{}) with the C++ type of `type`; of nvfp4, that of one number in a byte.
template <class Function>
auto with_type(DType type, Function function) {
  switch (type) {
    case DType::f64:
      return function(double{});
    case DType::f32:
      return function(float{});
    case DType::tf32:
      return function(Tf32{});
    case DType::bf16:
      return function(Bf16{});
    case DType::f16:
      return function(F16{});
    case DType::f8_e4m3:
    case DType::mxfp8:
      return function(F8E4M3{});
    case DType::f8_e5m2:
      return function(F8E5M2{});
    case DType::nvfp4:
      return function(F4E2M1{});
    case DType::i32:
      return function(std::int32_t{});
    case DType::int8:
      return function(std::int8_t{});
    case DType::u8:
      break;
  }
  return function(std::uint8_t{});
}

template <class T>
std::span<T> elements(std::span<std::byte> data) {
  return {reinterpret_cast<T*>(data.data()), data.size() / sizeof(T)};
}
template <class T>
std::span<const T> elements(std::span<const std::byte> data) {
  return {reinterpret_cast<const T*>(data.data()), data.size() / sizeof(T)};
}

}  // namespace shortfall::draw
