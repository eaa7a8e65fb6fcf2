// Freivalds' check where C lies, on the double: it passes what is right, and names what is not.
#include <gtest/gtest.h>

#include <algorithm>

#include "backends/cuda/patterns.hpp"
#include "core/freivalds.hpp"
#include "core/row_sums.hpp"
#include "core/rounding.hpp"
#include "tests/unit/host_product.hpp"

namespace shortfall::cuda {
namespace {

constexpr Draw drawing{.seed = 5, .batch = 0};

class FreivaldsOnDouble : public testing::Test {
 protected:
  std::optional<Mismatch> check(const RawBytes& c, const Gemm& g, const Draw& draw = drawing) {
    CudaBuffer buffer({static_cast<double>(c.size())});
    std::ranges::copy(c, static_cast<std::byte*>(buffer.address()));
    return patterns_.compare(buffer, *expected(g, {}, draw), stream_);
  }

  Card card_ = card_at(0);
  CudaStream stream_{card_.units};
  Patterns patterns_{card_};
};

TEST_F(FreivaldsOnDouble, RightProductsOfAllDataPass) {
  constexpr std::array<std::array<std::int64_t, 3>, 6> shapes{
      {{1, 1, 1}, {40, 1, 1}, {2, 1, 700}, {16, 16, 16}, {20, 33, 150}, {2, 33, 1500}}};
  for (const std::string& data : product_data) {
    for (const DType type : product_types) {
      for (const auto& [m, n, k] : shapes) {
        const Gemm g{.m = m, .n = n, .k = k, .type = type, .data = data_from(data)};
        const auto wrong = check(host_product(g, drawing), g);
        ASSERT_FALSE(wrong) << data << ' ' << name_of(type) << ' ' << m << 'x' << n << 'x' << k
                            << ": " << wrong->got << ", not " << wrong->want;
      }
    }
  }
}

TEST_F(FreivaldsOnDouble, OneWrongElementIsNamedAsTheHostNamesIt) {
  for (const std::string& data : product_data) {
    for (const DType type : product_types) {
      const Gemm g{.m = 12, .n = 40, .k = 64, .type = type, .data = data_from(data)};
      const RawBytes right = host_product(g, drawing);
      for (const std::size_t index : {0U, 123U, 479U}) {
        RawBytes c = right;
        spoil(c, g, index, is_exact(g) ? 1 : 40);

        const auto wrong = check(c, g);

        ASSERT_TRUE(wrong) << data << ' ' << name_of(type) << ' ' << index;
        const auto want = freivalds(c, g, drawing);
        ASSERT_TRUE(want);
        EXPECT_EQ(wrong->index, index) << data << ' ' << name_of(type);
        EXPECT_EQ(wrong->got, want->got);
        EXPECT_EQ(wrong->want, want->want);
      }
    }
  }
}

TEST_F(FreivaldsOnDouble, OneWrongRowIsFound) {
  for (const DType type : product_types) {
    const Gemm g{.m = 12, .n = 40, .k = 64, .type = type};
    RawBytes c = host_product(g, drawing);
    const std::size_t row = bytes_of(result_type(g), 40);
    std::copy_n(c.begin() + static_cast<std::ptrdiff_t>(3 * row), row,
                c.begin() + static_cast<std::ptrdiff_t>(7 * row));

    const auto wrong = check(c, g);

    ASSERT_TRUE(wrong) << name_of(type);
    EXPECT_EQ(wrong->index / 40, 7U) << name_of(type);
  }
}

TEST_F(FreivaldsOnDouble, EveryProductOfABatchIsLookedAt) {
  for (const DType type : product_types) {
    const Gemm g{.m = 4, .n = 6, .k = 10, .type = type, .batch = 5};
    const RawBytes right = host_product(g, drawing);
    ASSERT_FALSE(check(right, g)) << name_of(type);
    for (std::size_t product = 0; product < 5; ++product) {
      RawBytes c = right;
      spoil(c, g, 24 * product + 17, 1000);

      const auto wrong = check(c, g);

      ASSERT_TRUE(wrong) << name_of(type) << ", product " << product;
      EXPECT_EQ(wrong->index, 24 * product + 17);
    }
  }
}

TEST_F(FreivaldsOnDouble, NaNAndInfinityNeverPass) {
  for (const double number : {std::nan(""), HUGE_VAL, -HUGE_VAL}) {
    for (const DType type : {DType::f64, DType::f32, DType::bf16, DType::f16, DType::f8_e4m3}) {
      const Gemm g{.m = 40, .n = 33, .k = 10, .type = type};
      RawBytes c = host_product(g, drawing);
      spoil(c, g, 33 * 40 - 1, number);

      const auto wrong = check(c, g);

      ASSERT_TRUE(wrong) << name_of(type) << ' ' << number;
      EXPECT_EQ(wrong->index, 33U * 40 - 1);
    }
  }
}

TEST_F(FreivaldsOnDouble, ProductsOfOtherNumbersDoNotPass) {
  const Gemm g{.m = 12, .n = 40, .k = 64, .type = DType::bf16};

  EXPECT_TRUE(check(host_product(g, {.seed = 6}), g));
}

TEST(ProductOfARow, IsTheOneThatItLiesIn) {
  const std::vector<std::size_t> first{0, 0, 3, 3, 10};  // two of four have no rows
  for (const auto& [row, product] : {std::pair{0U, 1U}, {2U, 1U}, {3U, 3U}, {9U, 3U}}) {
    EXPECT_EQ(product_of(row, first.data(), 4), product) << row;
  }
}

}  // namespace
}  // namespace shortfall::cuda
