#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "core/freivalds.hpp"
#include "tests/unit/host_product.hpp"

namespace shortfall {
namespace {

constexpr Draw drawing{.seed = 5, .batch = 0};
class Freivalds : public testing::TestWithParam<DType> {};

TEST_P(Freivalds, PassesATrueProduct) {
  for (const auto& [m, n, k] : {std::array{64, 48, 80}, std::array{1, 1, 1}, std::array{5, 7, 9}}) {
    const Gemm g{m, n, k, GetParam()};

    EXPECT_FALSE(freivalds(host_product(g, drawing), g, drawing)) << m << 'x' << n << 'x' << k;
  }
}

TEST_P(Freivalds, NamesTheElementThatIsOff) {
  const Gemm g{32, 48, 40, GetParam()};
  RawBytes c = host_product(g, drawing);
  constexpr std::size_t spoiled = 20 * 48 + 47;
  double before = 0;
  draw::with_type(result_type(g), [&]<class T>(T) {
    T& element = draw::elements<T>(std::span(c))[spoiled];
    before = draw::to_number(element);
    element = draw::from_number<T>(before + 30);
  });

  const auto mismatch = freivalds(c, g, drawing);

  ASSERT_TRUE(mismatch);
  EXPECT_EQ(mismatch->index, spoiled);
  EXPECT_NEAR(mismatch->want, before, 0.1 + std::abs(before) / 128);
}

TEST_P(Freivalds, FindsTwoRowsInEachOthersPlace) {
  const Gemm g{32, 48, 40, GetParam()};
  RawBytes c = host_product(g, drawing);
  const auto row = static_cast<std::ptrdiff_t>(48 * size_of(result_type(g)));
  std::swap_ranges(c.begin(), c.begin() + row, c.begin() + row);

  EXPECT_TRUE(freivalds(c, g, drawing));
}

INSTANTIATE_TEST_SUITE_P(All, Freivalds, testing::ValuesIn(product_types),
                         [](const auto& test) { return std::string(name_of(test.param)); });

TEST(FreivaldsNaN, NeverPasses) {
  const Gemm g{8, 8, 8};
  RawBytes c = host_product(g, drawing);
  draw::elements<float>(std::span(c))[63] = std::nanf("");

  const auto mismatch = freivalds(c, g, drawing);

  ASSERT_TRUE(mismatch);
  EXPECT_EQ(mismatch->index, 63U);
}

TEST(FreivaldsInteger, IsExactToOne) {
  const Gemm g{16, 16, 512, DType::int8};
  RawBytes c = host_product(g, drawing);
  draw::elements<std::int32_t>(std::span(c))[17] += 1;

  ASSERT_TRUE(freivalds(c, g, drawing));
  EXPECT_EQ(freivalds(c, g, drawing)->index, 17U);
}

}  // namespace
}  // namespace shortfall
