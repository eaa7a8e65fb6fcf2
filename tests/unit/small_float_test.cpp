// Types of 8 and 4 bits, and tf32, against the definitions of their formats.
#include "core/small_float.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "core/draw_element.hpp"

namespace shortfall {
namespace {

using draw::Tf32;

struct Format {
  int exponent_bits, fraction_bits, bias;
};

// From the definition, of a code without its sign.
double defined(Format f, std::uint32_t code) {
  const int exponent = static_cast<int>(code) >> f.fraction_bits;
  const int fraction = static_cast<int>(code) & ((1 << f.fraction_bits) - 1);
  const double part = std::ldexp(fraction, -f.fraction_bits);
  return exponent == 0 ? std::ldexp(part, 1 - f.bias) : std::ldexp(1 + part, exponent - f.bias);
}

template <class Small>
double value_of(std::uint32_t code) {
  Small number;
  number.bits = static_cast<std::uint8_t>(code);
  return static_cast<double>(number);
}
template <class Small>
std::uint32_t code_of(double value) {
  return Small(value).bits;
}

// Codes up to `last`, the largest finite one, in both signs.
template <class Small>
void expect_definition(Format format, std::uint32_t last, std::uint32_t sign) {
  for (std::uint32_t code = 0; code <= last; ++code) {
    ASSERT_EQ(value_of<Small>(code), defined(format, code)) << code;
    ASSERT_EQ(value_of<Small>(code | sign), -defined(format, code)) << code;
    ASSERT_EQ(code_of<Small>(defined(format, code)), code);
    ASSERT_EQ(code_of<Small>(-defined(format, code)), code | sign);
  }
}

template <class Small>
void expect_nearest(std::uint32_t last, std::uint32_t sign) {
  for (std::uint32_t low = 0; low < last; ++low) {
    const double from = value_of<Small>(low), to = value_of<Small>(low + 1), half = (from + to) / 2;
    const std::uint32_t even = low % 2 == 0 ? low : low + 1;
    ASSERT_EQ(code_of<Small>(half), even) << low;
    ASSERT_EQ(code_of<Small>(-half), even | sign) << low;
    ASSERT_EQ(code_of<Small>(std::nextafter(half, from)), low) << low;
    ASSERT_EQ(code_of<Small>(std::nextafter(half, to)), low + 1) << low;
  }
}

TEST(E4M3, AllCodesAreThoseOfTheDefinition) {
  expect_definition<F8E4M3>({4, 3, 7}, 0x7e, 0x80);
  EXPECT_EQ(value_of<F8E4M3>(0x7e), 448);  // the largest
  EXPECT_EQ(value_of<F8E4M3>(0x01), 0x1p-9);
  EXPECT_TRUE(std::isnan(value_of<F8E4M3>(0x7f)));
  EXPECT_TRUE(std::isnan(value_of<F8E4M3>(0xff)));
}

TEST(E4M3, TheNearerNumberIsTakenAndTheEvenOneHalfWay) { expect_nearest<F8E4M3>(0x7e, 0x80); }

TEST(E4M3, WhatIsTooLargeBecomesTheLargestAndNaNStaysOne) {
  for (const double large : {449.0, 464.0, 465.0, 1e30, HUGE_VAL}) {
    EXPECT_EQ(code_of<F8E4M3>(large), 0x7eU) << large;
    EXPECT_EQ(code_of<F8E4M3>(-large), 0xfeU) << large;
  }
  EXPECT_TRUE(std::isnan(static_cast<double>(F8E4M3(std::nan("")))));
}

TEST(E5M2, AllCodesAreThoseOfTheDefinition) {
  expect_definition<F8E5M2>({5, 2, 15}, 0x7b, 0x80);
  EXPECT_EQ(value_of<F8E5M2>(0x7b), 57344);
  EXPECT_EQ(value_of<F8E5M2>(0x01), 0x1p-16);
  EXPECT_EQ(value_of<F8E5M2>(0x7c), HUGE_VAL);
  EXPECT_EQ(value_of<F8E5M2>(0xfc), -HUGE_VAL);
  for (const std::uint32_t code : {0x7dU, 0x7eU, 0x7fU, 0xfdU, 0xfeU, 0xffU}) {
    EXPECT_TRUE(std::isnan(value_of<F8E5M2>(code))) << code;
  }
}

TEST(E5M2, TheNearerNumberIsTakenAndTheEvenOneHalfWay) { expect_nearest<F8E5M2>(0x7b, 0x80); }

TEST(E5M2, WhatIsTooLargeBecomesInfiniteAndNaNStaysOne) {
  EXPECT_EQ(code_of<F8E5M2>(61439), 0x7bU);
  EXPECT_EQ(code_of<F8E5M2>(61440), 0x7cU);  // half way to what would come next
  EXPECT_EQ(code_of<F8E5M2>(-1e30), 0xfcU);
  EXPECT_EQ(code_of<F8E5M2>(HUGE_VAL), 0x7cU);
  EXPECT_TRUE(std::isnan(static_cast<double>(F8E5M2(std::nan("")))));
}

TEST(E2M1, AllCodesAreThoseOfTheDefinition) {
  expect_definition<F4E2M1>({2, 1, 1}, 7, 8);
  const std::vector<double> all{0, 0.5, 1, 1.5, 2, 3, 4, 6};
  for (std::uint32_t code = 0; code < all.size(); ++code) {
    EXPECT_EQ(value_of<F4E2M1>(code), all[code]);
  }
}

TEST(E2M1, TheNearerNumberIsTakenAndTheEvenOneHalfWay) { expect_nearest<F4E2M1>(7, 8); }

TEST(E2M1, WhatIsTooLargeAndWhatIsNoNumberBecomesTheLargest) {
  for (const double large : {6.1, 7.0, 100.0, HUGE_VAL}) {
    EXPECT_EQ(code_of<F4E2M1>(large), 7U) << large;
    EXPECT_EQ(code_of<F4E2M1>(-large), 15U) << large;
  }
  EXPECT_EQ(code_of<F4E2M1>(std::nan("")), 7U);
}

double as_tf32(double value) { return static_cast<double>(Tf32(value)); }

TEST(Tf32Numbers, HaveTenBitsOfFractionAndTheEvenOneIsTakenHalfWay) {
  constexpr double step = 0x1p-10;
  for (const double scale : {1.0, 0x1p-100, 0x1p100, -8.0}) {
    for (int i = 0; i < 1024; ++i) {
      const double low = 1 + i * step, half = low + step / 2;
      const double even = i % 2 == 0 ? low : low + step;
      ASSERT_EQ(as_tf32(scale * low), scale * low) << i;
      ASSERT_EQ(as_tf32(scale * half), scale * even) << i;
      ASSERT_EQ(as_tf32(scale * (half - 0x1p-20)), scale * low) << i;
      ASSERT_EQ(as_tf32(scale * (half + 0x1p-20)), scale * (low + step)) << i;
    }
  }
}

TEST(Tf32Numbers, KeepInfinityAndNaN) {
  EXPECT_EQ(as_tf32(HUGE_VAL), HUGE_VAL);
  EXPECT_EQ(as_tf32(-1e300), -HUGE_VAL);
  EXPECT_EQ(as_tf32(3.4028235e38), HUGE_VAL);  // nearer to the next power of two than to any other
  EXPECT_TRUE(std::isnan(as_tf32(std::nan(""))));
}

}  // namespace
}  // namespace shortfall
