// That the check of a product holds for tensor units, which round sums towards zero.
#include <gtest/gtest.h>

#include <cmath>

#include "core/freivalds.hpp"
#include "tests/unit/host_product.hpp"

namespace shortfall {
namespace {

// To so many bits, as tensor units do it (Fasi, Higham, Mikaitis, Pranesh: Numerical behavior of
// NVIDIA tensor cores, 2021): what does not fit is dropped.
double truncated(double value, int bits) {
  int exponent = 0;
  const double fraction = std::frexp(value, &exponent);
  return std::ldexp(std::trunc(std::ldexp(fraction, bits)), exponent - bits);
}

struct TensorUnit {
  int depth;     // products that are added at once
  int bits;      // of a sum that is kept
  int promoted;  // after so many products it is added to an f32 of its own; 0 = never
};

double summed_by(const TensorUnit& unit, const Gemm& g, const double* a, const double* b) {
  double whole = 0, sum = 0;
  for (std::int64_t first = 0; first < g.k; first += unit.depth) {
    double block = sum;
    for (std::int64_t p = first; p < std::min(g.k, first + unit.depth); ++p) {
      block += a[p] * b[p * g.n];
    }
    sum = truncated(block, unit.bits);
    if (unit.promoted == 0 || (first + unit.depth) % unit.promoted != 0) continue;
    whole = static_cast<float>(whole + sum);
    sum = 0;
  }
  return whole + sum;
}

RawBytes product_by(const TensorUnit& unit, const Gemm& g, const Draw& draw) {
  const auto a = operand_numbers(g, 0, draw), b = operand_numbers(g, 1, draw);
  RawBytes out(whole(layout(g, Group{}).output.bytes()));
  draw::with_type(result_type(g), [&]<class T>(T) {
    const auto c = draw::elements<T>(std::span(out));
    for (std::int64_t i = 0; i < g.m; ++i) {
      for (std::int64_t j = 0; j < g.n; ++j) {
        c[static_cast<std::size_t>(i * g.n + j)] =
            draw::from_number<T>(summed_by(unit, g, a.data() + i * g.k, b.data() + j));
      }
    }
  });
  return out;
}

void expect_no_alarm(const TensorUnit& unit, DType type, const std::string& data) {
  for (const std::int64_t k : {16, 512, 8192}) {
    for (std::uint64_t seed = 1; seed <= 2; ++seed) {
      const Gemm g{.m = 20, .n = 12, .k = k, .type = type, .data = data_from(data)};
      const Draw draw{.seed = seed};
      const auto wrong = freivalds(product_by(unit, g, draw), g, draw);
      ASSERT_FALSE(wrong) << name_of(type) << ' ' << data << ", k = " << k << ", seed " << seed
                          << ": " << wrong->got << ", not " << wrong->want;
    }
  }
}

TEST(SumsOfTensorUnits, OfTwentyFourBitsRaiseNoAlarm) {
  for (const char* const data : {"normal", "uniform", "integers", "sparse:0.9", "sorted"}) {
    expect_no_alarm({4, 24, 0}, DType::tf32, data);
    expect_no_alarm({8, 24, 0}, DType::f16, data);
    expect_no_alarm({8, 24, 0}, DType::bf16, data);
  }
}

// As libraries for Hopper do it unless they are asked to be fast.
TEST(SumsOfTensorUnits, OfFourteenBitsThatAreMovedOnInTimeRaiseNoAlarm) {
  for (const char* const data : {"normal", "uniform", "integers", "sparse:0.9", "sorted"}) {
    for (const DType type : {DType::f8_e4m3, DType::f8_e5m2}) {
      expect_no_alarm({32, 14, 128}, type, data);
    }
  }
}

}  // namespace
}  // namespace shortfall
