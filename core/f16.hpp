// f16: IEEE 754 binary16, which has 5 bits of exponent and 10 of fraction.
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>

namespace shortfall {

struct F16 {
  std::uint16_t bits = 0;

  F16() = default;

  // Rounds to nearest, ties to even, once: into subnormals and to infinity as well. Keeps NaN a
  // NaN.
  explicit F16(double value) {
    constexpr double smallest_normal = 0x1p-14;
    const auto wide = std::bit_cast<std::uint64_t>(value);
    const std::uint64_t magnitude = wide & ~(std::uint64_t{1} << 63U);
    const auto sign = static_cast<std::uint16_t>(wide >> 48U & 0x8000U);
    if (std::isnan(value)) {
      bits = sign | 0x7e00U;
    } else if (std::abs(value) < smallest_normal) {
      // A carry out of the fraction makes the smallest normal number, as it should.
      bits = sign | static_cast<std::uint16_t>(std::nearbyint(std::abs(value) * 0x1p24));
    } else {
      const std::uint64_t half_less_one = (std::uint64_t{1} << 41U) - 1;
      const std::uint64_t rounded = (magnitude + half_less_one + (magnitude >> 42U & 1U)) >> 42U;
      bits = sign | static_cast<std::uint16_t>(std::min(rounded - bias, infinity));
    }
  }

  explicit operator double() const {
    const std::uint64_t magnitude = bits & 0x7fffU;
    const double sign = (bits & 0x8000U) != 0 ? -1 : 1;
    if (magnitude > infinity) return std::nan("");
    if (magnitude == infinity) return sign * HUGE_VAL;
    if (magnitude < 0x400) return sign * static_cast<double>(magnitude) * 0x1p-24;  // subnormal
    return sign * std::bit_cast<double>((magnitude + bias) << 42U);
  }

 private:
  static constexpr std::uint64_t bias = (1023 - 15) << 10U;  // of exponents, between f64 and f16
  static constexpr std::uint64_t infinity = 0x7c00;
};

}  // namespace shortfall
