// How one element of a product's operand is drawn.
#pragma once

#include "core/draw.hpp"

namespace shortfall::draw {

// Of all types that are multiplied, integers never leave 7 bits and a sign, so that pairs of
// products fit into the 16 bits of processors without VNNI.
template <class T>
T uniform(std::uint32_t random) {
  if constexpr (std::is_unsigned_v<T>) {
    return static_cast<T>(unsigned_number(random, 7));
  } else if constexpr (std::is_integral_v<T>) {
    return static_cast<T>(signed_number(random, 8));
  } else {
    return from_number<T>(signed_number(random, 24) * 0x1p-23);
  }
}

template <class T>
T small_integer(std::uint32_t random) {
  const auto from_0_to_6 = static_cast<std::int32_t>(std::uint64_t{random} * 7 >> 32U);
  return from_number<T>(std::is_unsigned_v<T> ? from_0_to_6 : from_0_to_6 - 3);
}

// A draw from the i-th of `period` equal parts of the distribution: ascending with i.
inline std::uint32_t in_part(std::size_t i, std::size_t period, std::uint32_t random) {
  constexpr double largest = 0xffffffffU;
  const double below = static_cast<double>(i) + random * 0x1p-32;
  return static_cast<std::uint32_t>(
      std::min(below / static_cast<double>(period) * 0x1p32, largest));
}

// use(element), where element(index) is an element of `drawn`: loops over it branch on nothing.
template <class T, class Use>
void with_elements(const Drawn& drawn, const Draw& draw, Use use) {
  const Key key = key_of(0, drawn.operand, draw);
  const auto quantiles = normal_quantiles();
  switch (drawn.data.kind) {
    case Data::Kind::normal:
      return use([=](std::size_t i) { return normal<T>(bits(i, key), quantiles); });
    case Data::Kind::uniform:
      return use([=](std::size_t i) { return uniform<T>(bits(i, key)); });
    case Data::Kind::integers:
      return use([=](std::size_t i) { return small_integer<T>(bits(i, key)); });
    case Data::Kind::zeros:
      return use([](std::size_t) { return T{}; });
    case Data::Kind::sparse: {
      // The upper half of the bits says which number, the lower one whether it stays.
      const auto zeros = static_cast<std::uint32_t>(std::lround(drawn.data.share_of_zeros * 65536));
      return use([=](std::size_t i) {
        const std::uint32_t random = bits(i, key);
        return (random & 0xffffU) < zeros ? T{} : normal<T>(random, quantiles);
      });
    }
    case Data::Kind::sorted:
      return use([=, period = drawn.period](std::size_t i) {
        return normal<T>(in_part(i % period, period, bits(i, key)), quantiles);
      });
  }
}

}  // namespace shortfall::draw
