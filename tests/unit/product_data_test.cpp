// What products are filled with, and that the check of a product holds for all of it.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "core/error.hpp"
#include "core/freivalds.hpp"
#include "core/rounding.hpp"
#include "tests/unit/host_product.hpp"

namespace shortfall {
namespace {

constexpr Draw drawing{.seed = 5, .batch = 0};

TEST(Data, IsReadByItsName) {
  EXPECT_EQ(data_from("normal"), Data{});
  EXPECT_EQ(data_from("sparse:0.9"), (Data{Data::Kind::sparse, 0.9}));
  EXPECT_EQ(data_from("sparse:1"), (Data{Data::Kind::sparse, 1}));
}

TEST(Data, NamesWhatItRefusesAndWhatIsAllowed) {
  for (const std::string wrong : {"", "sparse", "sparse:", "sparse:2", "sparse:-0.1", "sparse:abc",
                                  "sparse:nan", "sparse:0.5x", "normal:3", "Normal"}) {
    try {
      data_from(wrong);
      ADD_FAILURE() << wrong << " was taken";
    } catch (const BadUsage& refusal) {
      const std::string text = refusal.what();
      EXPECT_NE(text.find("'" + wrong + "'"), std::string::npos) << text;
      EXPECT_NE(text.find("normal, uniform, integers, zeros, sorted, sparse:SHARE"),
                std::string::npos);
    }
  }
}

struct Moments {
  double least = 1e9, most = -1e9, mean = 0, square = 0, zeros = 0;
};

Moments moments(const std::string& data, DType type, std::size_t number = 1) {
  const auto values = operand_numbers(
      {.m = 200, .n = 200, .k = 200, .type = type, .data = data_from(data)}, number, drawing);
  const auto count = static_cast<double>(values.size());
  Moments m;
  for (const double value : values) {
    m.least = std::min(m.least, value);
    m.most = std::max(m.most, value);
    m.mean += value / count;
    m.square += value * value / count;
    m.zeros += (value == 0 ? 1 : 0) / count;
  }
  return m;
}

TEST(Data, HasTheMomentsOfItsDistribution) {
  const Moments uniform = moments("uniform", DType::f32);
  EXPECT_GE(uniform.least, -1);
  EXPECT_LT(uniform.most, 1);
  EXPECT_NEAR(uniform.mean, 0, 0.01);
  EXPECT_NEAR(uniform.square, 1.0 / 3, 0.01);

  const Moments integers = moments("integers", DType::bf16);
  EXPECT_EQ(integers.least, -3);
  EXPECT_EQ(integers.most, 3);
  EXPECT_NEAR(integers.square, 4, 0.1);
  EXPECT_EQ(moments("integers", DType::int8, 0).least, 0);
  EXPECT_EQ(moments("integers", DType::int8, 0).most, 6);

  EXPECT_EQ(moments("zeros", DType::f16).square, 0);
  EXPECT_NEAR(moments("sparse:0.9", DType::f64).zeros, 0.9, 0.01);
  EXPECT_NEAR(moments("sparse:0.9", DType::f64).square, 0.1, 0.01);
  EXPECT_NEAR(moments("sorted", DType::f32).square, 1, 0.01);
}

TEST(Data, SortedAscendsThroughEachMatrix) {
  for (const DType type : product_types) {
    const auto values = operand_numbers(
        {.m = 8, .n = 100, .k = 70, .type = type, .batch = 3, .data = data_from("sorted")}, 1,
        drawing);
    for (const int matrix : {0, 1, 2}) {
      EXPECT_TRUE(
          std::is_sorted(values.begin() + matrix * 7000, values.begin() + (matrix + 1) * 7000))
          << name_of(type) << ", matrix " << matrix;
    }
  }
}

// Shapes in which few terms, few columns, or both leave nothing to average over.
TEST(CheckOfAProduct, NeverRaisesAFalseAlarm) {
  constexpr std::array<std::array<std::int64_t, 3>, 9> shapes{{{1, 1, 1},
                                                               {40, 1, 1},
                                                               {4, 300, 1},
                                                               {2, 1, 700},
                                                               {7, 2, 3},
                                                               {16, 16, 16},
                                                               {3, 200, 20},
                                                               {20, 9, 150},
                                                               {2, 33, 1500}}};
  for (const std::string& data : product_data) {
    for (const DType type : product_types) {
      for (const auto& [m, n, k] : shapes) {
        for (std::uint64_t seed = 1; seed <= 4; ++seed) {
          const Gemm g{.m = m, .n = n, .k = k, .type = type, .data = data_from(data)};
          const Draw draw{.seed = seed};
          const auto wrong =
              freivalds(host_product(g, draw, static_cast<SumOrder>(seed % 3)), g, draw);
          ASSERT_FALSE(wrong) << data << ' ' << name_of(type) << ' ' << m << 'x' << n << 'x' << k
                              << " seed " << seed << ": " << wrong->index << ' ' << wrong->got
                              << ' ' << wrong->want;
        }
      }
    }
  }
}

// 40 is more than rounding to bf16, and sums of 14 bits, explain in a row of 20 sums of 64 terms,
// whatever they are.
TEST(CheckOfAProduct, FindsOneWrongElementOfAnyDataAndType) {
  for (const std::string& data : product_data) {
    for (const DType type : product_types) {
      const Gemm g{.m = 12, .n = 20, .k = 64, .type = type, .data = data_from(data)};
      const RawBytes right = host_product(g, drawing);
      for (const std::size_t index : {0U, 123U, 239U}) {
        RawBytes c = right;
        const double error = is_exact(g) ? 1 : 40;
        spoil(c, g, index, error);

        const auto wrong = freivalds(c, g, drawing);

        ASSERT_TRUE(wrong) << data << ' ' << name_of(type) << ' ' << index;
        EXPECT_EQ(wrong->index, index) << data << ' ' << name_of(type);
      }
    }
  }
}

TEST(CheckOfAProduct, IsAsSharpAsItsBoundForF32) {
  const Gemm g{.m = 12, .n = 20, .k = 64};
  RawBytes c = host_product(g, drawing);
  // Of 64 terms and 20 columns rounding explains 8 sqrt(20) 2^-24 (64/sqrt 2 + 8): 1e-4.
  draw::elements<float>(std::span(c))[100] += 3e-4F;

  const auto wrong = freivalds(c, g, drawing);

  ASSERT_TRUE(wrong);
  EXPECT_EQ(wrong->index, 100U);
}

TEST(CheckOfAProduct, LooksAtEveryProductOfABatch) {
  for (const DType type : product_types) {
    const Gemm g{.m = 4, .n = 6, .k = 10, .type = type, .batch = 5};
    const RawBytes right = host_product(g, drawing);
    ASSERT_FALSE(freivalds(right, g, drawing));
    for (std::size_t matrix = 0; matrix < 5; ++matrix) {
      RawBytes c = right;
      const std::size_t index = 24 * matrix + 17;
      draw::with_type(result_type(g), [&]<class T>(T) {
        draw::elements<T>(std::span(c))[index] = draw::from_number<T>(1000);
      });

      ASSERT_TRUE(freivalds(c, g, drawing)) << name_of(type) << ", product " << matrix;
      EXPECT_EQ(freivalds(c, g, drawing)->index, index);
    }
  }
}

TEST(CheckOfAProduct, InfinityNeverPasses) {
  const Gemm g{.m = 4, .n = 6, .k = 10, .type = DType::f16};
  RawBytes c = host_product(g, drawing);
  draw::elements<F16>(std::span(c))[7] = F16(1e9);

  EXPECT_TRUE(freivalds(c, g, drawing));
}

TEST(WorkOfABatch, IsThatOfItsProducts) {
  const Gemm one{2, 3, 4}, five{.m = 2, .n = 3, .k = 4, .batch = 5};

  EXPECT_EQ(work(five, {}).flop.value, 5 * work(one, {}).flop.value);
  EXPECT_EQ(work(five, {}).memory.value, 5 * work(one, {}).memory.value);
}

TEST(LayoutOfABatch, OfImpossibleSizeStaysImpossible) {
  const Gemm g{.m = 1 << 24, .n = 1 << 24, .k = 1 << 24, .batch = 1 << 30};

  EXPECT_GE(footprint(layout(g, {})).value, 0x1p62);
}

}  // namespace
}  // namespace shortfall
