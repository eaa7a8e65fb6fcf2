// bf16: the upper half of an f32, as a value that compilers for the host understand.
#pragma once

#include <cstdint>

#include "core/bits.hpp"

namespace shortfall {

struct Bf16 {
  std::uint16_t bits = 0;

  constexpr Bf16() = default;
  // Rounds to nearest, ties to even; keeps NaN a NaN.
  constexpr explicit Bf16(float value) {
    const std::uint32_t wide = raw_bits(value);
    const bool is_nan = (wide & 0x7fffffffU) > 0x7f800000U;
    const std::uint32_t rounded = wide + 0x7fffU + ((wide >> 16U) & 1U);
    bits = static_cast<std::uint16_t>(is_nan ? (wide >> 16U) | 0x40U : rounded >> 16U);
  }
  constexpr explicit operator float() const {
    return float_of(static_cast<std::uint32_t>(bits) << 16U);
  }
};

}  // namespace shortfall
