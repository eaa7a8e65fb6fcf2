// Floating-point numbers of at most 16 bits, by the widths of their parts.
#pragma once

#include <cstdint>

#include "core/bits.hpp"

namespace shortfall {

// What the highest exponent means, and what becomes of numbers that are too large.
enum class Extremes {
  ieee,     // infinities and NaNs; too large becomes infinite
  one_nan,  // all bits set is NaN, there are no infinities; too large becomes the largest
  finite    // neither; NaN and too large become the largest
};

template <class Storage, int exponent_bits, int fraction_bits, Extremes extremes>
struct SmallFloat {
  Storage bits = 0;

  constexpr SmallFloat() = default;

  // Rounds to nearest, ties to even, once: into subnormals as well.
  constexpr explicit SmallFloat(double value) {
    const std::uint64_t wide = raw_bits(value);
    const auto sign = static_cast<std::uint64_t>(wide >> 63U) << (exponent_bits + fraction_bits);
    bits = static_cast<Storage>(sign | magnitude_of(wide & ~(std::uint64_t{1} << 63U)));
  }

  constexpr explicit operator double() const {
    const std::uint64_t magnitude = bits & sign_less_one;
    const bool is_negative = (bits & (sign_less_one + 1)) != 0;
    if (magnitude > last) {
      const bool is_infinite = extremes == Extremes::ieee && magnitude == last + 1;
      const std::uint64_t special = is_infinite ? 0x7ff0000000000000U : 0x7ff8000000000000U;
      return double_of(special | (std::uint64_t{is_negative} << 63U));
    }
    const std::uint64_t exponent = magnitude >> fraction_bits;
    const std::uint64_t one = std::uint64_t{1} << fraction_bits;
    const std::uint64_t fraction = magnitude & (one - 1);
    const int scale = (exponent == 0 ? 1 : static_cast<int>(exponent)) - bias - fraction_bits;
    const auto whole = static_cast<double>(exponent == 0 ? fraction : one + fraction);
    const double value = whole * double_of(static_cast<std::uint64_t>(scale + 1023) << 52U);
    return is_negative ? -value : value;
  }

 private:
  static constexpr int bias = (1 << (exponent_bits - 1)) - 1;
  static constexpr std::uint64_t sign_less_one =
      (std::uint64_t{1} << (exponent_bits + fraction_bits)) - 1;
  // The largest finite number.
  static constexpr std::uint64_t last =
      extremes == Extremes::ieee
          ? ((((std::uint64_t{1} << exponent_bits) - 1) << fraction_bits) - 1)
          : sign_less_one - (extremes == Extremes::one_nan ? 1 : 0);

  static constexpr std::uint64_t magnitude_of(std::uint64_t wide) {
    constexpr std::uint64_t infinity = 0x7ff0000000000000U;
    constexpr int kept_less = 52 - fraction_bits;
    if (wide > infinity) {
      if (extremes == Extremes::ieee) return last + 1 + (std::uint64_t{1} << (fraction_bits - 1));
      return sign_less_one;  // NaN, or the largest where there is none
    }
    const int above = static_cast<int>(wide >> 52U) - 1023 - (1 - bias);  // the least exponent
    const int shift = kept_less + (above < 0 ? -above : 0);
    if (shift > 54) return 0;
    const std::uint64_t one = std::uint64_t{1} << 52U;
    const std::uint64_t significand = (wide & (one - 1)) | one;
    const std::uint64_t half_less_one = (std::uint64_t{1} << (shift - 1)) - 1;
    const std::uint64_t odd = (significand >> shift) & 1U;
    // A carry out of the fraction makes the next exponent, as it should.
    const std::uint64_t rounded =
        ((significand + half_less_one + odd) >> shift) +
        (above > 0 ? static_cast<std::uint64_t>(above) << fraction_bits : 0);
    if (rounded <= last) return rounded;
    return extremes == Extremes::ieee ? last + 1 : last;
  }
};

using F16 = SmallFloat<std::uint16_t, 5, 10, Extremes::ieee>;  // IEEE 754 binary16
// OCP 8-bit Floating Point Specification, revision 1.0 (2023).
using F8E4M3 = SmallFloat<std::uint8_t, 4, 3, Extremes::one_nan>;
using F8E5M2 = SmallFloat<std::uint8_t, 5, 2, Extremes::ieee>;
// OCP Microscaling Formats, version 1.0 (2023): the elements of FP4, one in a byte.
using F4E2M1 = SmallFloat<std::uint8_t, 2, 1, Extremes::finite>;

}  // namespace shortfall
