// bf16: the upper half of an f32.
#pragma once

#include <bit>
#include <cstdint>

namespace shortfall {

struct Bf16 {
  std::uint16_t bits = 0;

  Bf16() = default;
  // Rounds to nearest, ties to even; keeps NaN a NaN.
  explicit Bf16(float value) {
    const auto wide = std::bit_cast<std::uint32_t>(value);
    const bool is_nan = (wide & 0x7fffffffU) > 0x7f800000U;
    const std::uint32_t rounded = wide + 0x7fffU + ((wide >> 16U) & 1U);
    bits = static_cast<std::uint16_t>(is_nan ? (wide >> 16U) | 0x40U : rounded >> 16U);
  }
  explicit operator float() const {
    return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16U);
  }
};

}  // namespace shortfall
