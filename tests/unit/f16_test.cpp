#include "core/small_float.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace shortfall {
namespace {

F16 of_bits(std::uint32_t bits) {
  F16 number;
  number.bits = static_cast<std::uint16_t>(bits);
  return number;
}
double value_of(std::uint32_t bits) { return static_cast<double>(of_bits(bits)); }
std::uint32_t bits_of(double value) { return F16(value).bits; }

// From the definition: sign, 5 bits of exponent, 10 of fraction.
double defined(std::uint32_t bits) {
  const int exponent = static_cast<int>(bits >> 10U & 0x1fU);
  const double fraction = static_cast<double>(bits & 0x3ffU) / 1024;
  const double sign = (bits & 0x8000U) != 0 ? -1 : 1;
  return sign *
         (exponent == 0 ? std::ldexp(fraction, -14) : std::ldexp(1 + fraction, exponent - 15));
}

TEST(F16, AllNumbersAreThoseOfTheDefinitionAndComeBackAsTheSameBits) {
  for (std::uint32_t bits = 0; bits < 65536; ++bits) {
    const double value = value_of(bits);
    if ((bits & 0x7c00U) != 0x7c00U) {
      ASSERT_EQ(value, defined(bits)) << bits;
      ASSERT_EQ(bits_of(value), bits);
    } else if ((bits & 0x3ffU) == 0) {
      ASSERT_EQ(value, (bits & 0x8000U) != 0 ? -HUGE_VAL : HUGE_VAL);
      ASSERT_EQ(bits_of(value), bits);
    } else {
      ASSERT_TRUE(std::isnan(value)) << bits;
      ASSERT_TRUE(std::isnan(static_cast<double>(F16(value))));
    }
  }
}

TEST(F16, BetweenTwoNumbersTheNearerOneIsTakenAndTheEvenOneHalfWay) {
  for (std::uint32_t low = 0; low < 0x7bffU; ++low) {
    const double from = value_of(low), to = value_of(low + 1), half = (from + to) / 2;
    const std::uint32_t even = low % 2 == 0 ? low : low + 1;
    ASSERT_EQ(bits_of(half), even) << low;
    ASSERT_EQ(bits_of(-half), even | 0x8000U) << low;
    ASSERT_EQ(bits_of(std::nextafter(half, from)), low);
    ASSERT_EQ(bits_of(std::nextafter(half, to)), low + 1);
  }
}

TEST(F16, WhatIsTooLargeIsInfinite) {
  EXPECT_EQ(bits_of(65519.999), 0x7bffU);
  EXPECT_EQ(bits_of(65520), 0x7c00U);
  EXPECT_EQ(bits_of(-1e300), 0xfc00U);
  EXPECT_EQ(bits_of(std::numeric_limits<double>::denorm_min()), 0U);
}

}  // namespace
}  // namespace shortfall
