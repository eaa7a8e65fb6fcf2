// How one element of a Pattern is drawn from random bits, on the host and on accelerators alike: in
// C++17, and constant expressions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "core/bf16.hpp"
#include "core/hash.hpp"
#include "core/small_float.hpp"

namespace shortfall::draw {

// tf32: an f32 of which tensor units see 10 bits of fraction. Drawn with no more than these, so
// that nothing is lost on the way in.
struct Tf32 {
  float value = 0;

  constexpr Tf32() = default;
  constexpr explicit Tf32(double wide) {
    const std::uint32_t bits = raw_bits(static_cast<float>(wide));
    const bool is_finite = (bits & 0x7f800000U) != 0x7f800000U;
    const std::uint32_t rounded = bits + 0xfffU + ((bits >> 13U) & 1U);
    value = is_finite ? float_of(rounded & ~0x1fffU) : float_of(bits);
  }
  constexpr explicit operator double() const { return static_cast<double>(value); }
};

// Hashes of a Draw: what everything that depends on it starts from.
struct Salt {
  std::uint64_t of_numbers, of_contributors;
};
constexpr Salt salt_of(std::uint64_t seed, std::uint64_t batch) {
  return {mix64(batch ^ mix64(seed)), mix64(batch ^ seed)};
}

// Halves of a hash of everything but the index: one moves the index, one the result.
struct Key {
  std::uint32_t before, after;
};
constexpr Key key_of(int rank, int operand, Salt salt) {
  const auto who = static_cast<std::uint64_t>(rank) << 8U | static_cast<std::uint64_t>(operand);
  const std::uint64_t key = mix64(who ^ salt.of_numbers);
  return {static_cast<std::uint32_t>(key), static_cast<std::uint32_t>(key >> 32U)};
}

// 32 random bits for an element. Beyond 2^32 elements the sequence goes on with another key.
constexpr std::uint32_t bits(std::size_t index, Key key) {
  const auto high = static_cast<std::uint32_t>(index >> 32U) * 0x9e3779b9U;
  return mix32(static_cast<std::uint32_t>(index) ^ key.before ^ high) ^ key.after;
}

// A whole number of `width` bits: by shifts alone, so that loops over it are vectorised on any
// processor.
constexpr std::int32_t signed_number(std::uint32_t random, int width) {
  return static_cast<std::int32_t>(random) >> (32 - width);
}
constexpr std::int32_t unsigned_number(std::uint32_t random, int width) {
  return static_cast<std::int32_t>(random >> (32 - width));
}

// +1 or -1.
constexpr double sign(std::size_t index, Key key) { return (bits(index, key) & 1U) != 0 ? 1 : -1; }

// Of i, in [0, below): the high part of a product, which is fair enough for any `below`.
constexpr std::int32_t index_at(std::size_t i, std::size_t below, Key key) {
  return static_cast<std::int32_t>(std::uint64_t{bits(i, key)} * below >> 32U);
}

template <class T>
constexpr T from_number(double value) {
  if constexpr (std::is_same_v<T, Bf16>) {
    return Bf16(static_cast<float>(value));
  } else {
    return static_cast<T>(value);
  }
}

template <class T>
constexpr double to_number(T value) {
  if constexpr (std::is_same_v<T, Bf16>) {
    return static_cast<double>(static_cast<float>(value));
  } else {
    return static_cast<double>(value);
  }
}

constexpr std::int32_t whole_within(float value, std::int32_t least, std::int32_t most) {
  const auto nearest = static_cast<std::int32_t>(value < 0 ? value - 0.5F : value + 0.5F);
  return nearest < least ? least : nearest > most ? most : nearest;
}

// Of all types that are multiplied, integers never leave 7 bits and a sign, so that pairs of
// products fit into the 16 bits of processors without VNNI. They get a spread of 32 around 0, or of
// 16 around 64. `quantiles` are the 65,536 of normal_quantiles().
template <class T>
constexpr T normal(std::uint32_t random, const float* quantiles) {
  const float value = quantiles[random >> 16U];
  if constexpr (std::is_same_v<T, std::uint8_t>) {
    return static_cast<T>(whole_within(value * 16 + 64, 0, 127));
  } else if constexpr (std::is_integral_v<T>) {
    return static_cast<T>(whole_within(value * 32, -127, 127));
  } else {
    return from_number<T>(static_cast<double>(value));
  }
}

template <class T>
constexpr T uniform(std::uint32_t random) {
  if constexpr (std::is_unsigned_v<T>) {
    return static_cast<T>(unsigned_number(random, 7));
  } else if constexpr (std::is_integral_v<T>) {
    return static_cast<T>(signed_number(random, 8));
  } else {
    return from_number<T>(signed_number(random, 24) * 0x1p-23);
  }
}

template <class T>
constexpr T small_integer(std::uint32_t random) {
  const auto from_0_to_6 = static_cast<std::int32_t>(std::uint64_t{random} * 7 >> 32U);
  return from_number<T>(std::is_unsigned_v<T> ? from_0_to_6 : from_0_to_6 - 3);
}

// The upper half of the bits says which number, the lower one whether it stays: `zeros` of 65536 do
// not.
template <class T>
constexpr T sparse(std::uint32_t random, std::uint32_t zeros, const float* quantiles) {
  return (random & 0xffffU) < zeros ? T{} : normal<T>(random, quantiles);
}

// A draw from the i-th of `period` equal parts of the distribution: ascending with i.
constexpr std::uint32_t in_part(std::size_t i, std::size_t period, std::uint32_t random) {
  constexpr double largest = 0xffffffffU;
  const double below = static_cast<double>(i) + random * 0x1p-32;
  const double scaled = below / static_cast<double>(period) * 0x1p32;
  return static_cast<std::uint32_t>(scaled < largest ? scaled : largest);
}

}  // namespace shortfall::draw
