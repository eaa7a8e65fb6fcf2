#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "core/draw.hpp"
#include "core/freivalds.hpp"

namespace shortfall {
namespace {

constexpr Draw drawing{.seed = 5, .batch = 0};
using Data = std::vector<std::byte>;

// C by three loops, rounded as a library would.
Data product(const Gemm& g) {
  const Operation operation = g;
  const Layout buffers = layout(operation, {});
  std::vector<std::vector<double>> in;
  for (std::size_t i = 0; i < 2; ++i) {
    const Pattern pattern = input(operation, {}, i, drawing);
    Data raw(pattern.count * size_of(pattern.type));
    write(raw, pattern);
    in.push_back(draw::with_type(pattern.type, [&]<class T>(T) {
      std::vector<double> all;
      for (const T v : draw::elements<T>(std::span<const std::byte>(raw)))
        all.push_back(draw::to_number(v));
      return all;
    }));
  }
  Data out(whole(buffers.output.bytes()));
  draw::with_type(buffers.output.type, [&]<class T>(T) {
    const auto c = draw::elements<T>(std::span(out));
    for (std::int64_t i = 0; i < g.m; ++i) {
      for (std::int64_t j = 0; j < g.n; ++j) {
        double sum = 0;
        for (std::int64_t p = 0; p < g.k; ++p) {
          sum += in[0][static_cast<std::size_t>(i * g.k + p)] *
                 in[1][static_cast<std::size_t>(p * g.n + j)];
        }
        c[static_cast<std::size_t>(i * g.n + j)] = draw::from_number<T>(sum);
      }
    }
  });
  return out;
}

class Freivalds : public testing::TestWithParam<DType> {};

TEST_P(Freivalds, PassesATrueProduct) {
  for (const auto& [m, n, k] : {std::array{64, 48, 80}, std::array{1, 1, 1}, std::array{5, 7, 9}}) {
    const Gemm g{m, n, k, GetParam()};

    EXPECT_FALSE(freivalds(product(g), g, drawing)) << m << 'x' << n << 'x' << k;
  }
}

TEST_P(Freivalds, NamesTheElementThatIsOff) {
  const Gemm g{32, 48, 40, GetParam()};
  Data c = product(g);
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
  Data c = product(g);
  const auto row = static_cast<std::ptrdiff_t>(48 * size_of(result_type(g)));
  std::swap_ranges(c.begin(), c.begin() + row, c.begin() + row);

  EXPECT_TRUE(freivalds(c, g, drawing));
}

INSTANTIATE_TEST_SUITE_P(All, Freivalds,
                         testing::Values(DType::f64, DType::f32, DType::bf16, DType::f16,
                                         DType::int8),
                         [](const auto& test) { return std::string(name_of(test.param)); });

TEST(FreivaldsNaN, NeverPasses) {
  const Gemm g{8, 8, 8};
  Data c = product(g);
  draw::elements<float>(std::span(c))[63] = std::nanf("");

  const auto mismatch = freivalds(c, g, drawing);

  ASSERT_TRUE(mismatch);
  EXPECT_EQ(mismatch->index, 63U);
}

TEST(FreivaldsInteger, IsExactToOne) {
  const Gemm g{16, 16, 512, DType::int8};
  Data c = product(g);
  draw::elements<std::int32_t>(std::span(c))[17] += 1;

  ASSERT_TRUE(freivalds(c, g, drawing));
  EXPECT_EQ(freivalds(c, g, drawing)->index, 17U);
}

}  // namespace
}  // namespace shortfall
