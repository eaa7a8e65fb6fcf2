// How one element of a Pattern is drawn: shared by the code that writes patterns and the code that
// multiplies them again.
#pragma once

#include <algorithm>
#include <cmath>
#include <span>
#include <type_traits>

#include "core/bf16.hpp"
#include "core/f16.hpp"
#include "core/hash.hpp"
#include "core/pattern.hpp"

namespace shortfall::draw {

// Halves of a hash of everything but the index: one moves the index, one the result.
struct Key {
  std::uint32_t before, after;
};

inline Key key_of(int rank, int operand, const Draw& draw) {
  const auto who = static_cast<std::uint64_t>(rank) << 8U | static_cast<std::uint64_t>(operand);
  const std::uint64_t key = mix64(who ^ mix64(draw.batch ^ mix64(draw.seed)));
  return {static_cast<std::uint32_t>(key), static_cast<std::uint32_t>(key >> 32U)};
}

// 32 random bits for an element. Beyond 2^32 elements the sequence goes on with another key.
inline std::uint32_t bits(std::size_t index, Key key) {
  const auto high = static_cast<std::uint32_t>(index >> 32U) * 0x9e3779b9U;
  return mix32(static_cast<std::uint32_t>(index) ^ key.before ^ high) ^ key.after;
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

// A whole number of `width` bits (a Range has bits + 1 for signed types): by shifts alone, so that
// loops over it are vectorised on any processor.
inline std::int32_t signed_number(std::uint32_t random, int width) {
  return static_cast<std::int32_t>(random) >> (32 - width);
}
inline std::int32_t unsigned_number(std::uint32_t random, int width) {
  return static_cast<std::int32_t>(random >> (32 - width));
}

// 65,536 equally likely values of the standard normal distribution, ascending.
std::span<const float, 65536> normal_quantiles();

template <class T>
T from_number(double value) {
  if constexpr (std::is_same_v<T, Bf16>) {
    return Bf16(static_cast<float>(value));
  } else {
    return static_cast<T>(value);
  }
}

template <class T>
double to_number(T value) {
  if constexpr (std::is_same_v<T, Bf16>) {
    return static_cast<double>(static_cast<float>(value));
  } else {
    return static_cast<double>(value);
  }
}

// Integers get a spread of 32 around 0, or of 16 around 64: never beyond 7 bits, so that pairs of
// products fit into the 16 bits of processors without VNNI.
template <class T>
T normal(std::uint32_t random, std::span<const float, 65536> quantiles) {
  const float value = quantiles[random >> 16U];
  if constexpr (std::is_same_v<T, std::uint8_t>) {
    return static_cast<T>(std::clamp(std::lround(value * 16 + 64), 0L, 127L));
  } else if constexpr (std::is_integral_v<T>) {
    return static_cast<T>(std::clamp(std::lround(value * 32), -127L, 127L));
  } else {
    return from_number<T>(static_cast<double>(value));
  }
}

// Calls function(T{}) with the C++ type of `type`.
template <class Function>
auto with_type(DType type, Function function) {
  switch (type) {
    case DType::f64:
      return function(double{});
    case DType::f32:
      return function(float{});
    case DType::bf16:
      return function(Bf16{});
    case DType::f16:
      return function(F16{});
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
