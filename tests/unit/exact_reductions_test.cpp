// Products and averages of what ranks draw: exact in every type, whatever the order.
#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "tests/unit/pattern_numbers.hpp"

namespace shortfall {
namespace {

constexpr Draw drawing{.seed = 5, .batch = 3};
constexpr std::size_t elements = 120;

Collective all_reduce_of(DType type, Collective::Reduction reduction) {
  Collective c{Collective::Kind::all_reduce, {static_cast<double>(elements * size_of(type))}, type};
  c.reduction = reduction;
  return c;
}

class EveryExactReduction : public testing::TestWithParam<DType> {};

TEST_P(EveryExactReduction, OfFactorsIsAPowerOfTwoThatTheTypeHolds) {
  for (const int ranks : {2, 3, 7, 100, 1000}) {
    const Collective c = all_reduce_of(GetParam(), Collective::Reduction::prod);
    Numbers product(elements, 1);
    bool has_two = false;
    for (int rank = 0; rank < ranks; ++rank) {
      const Numbers mine = numbers(input(c, {rank, ranks}, 0, drawing));
      std::ranges::transform(product, mine, product.begin(), std::multiplies<>{});
      for (const double factor : mine) {
        EXPECT_TRUE(std::abs(factor) == 1 || std::abs(factor) == 2) << factor;
        has_two |= std::abs(factor) == 2;
      }
    }

    EXPECT_TRUE(has_two);
    EXPECT_EQ(numbers(*expected(c, {0, ranks}, drawing)), product) << ranks << " ranks";
    for (const double one : product) {
      EXPECT_LE(std::abs(one), static_cast<double>(traits_of(GetParam()).exact));
    }
  }
}

TEST_P(EveryExactReduction, OfAnAverageIsOfSumsThatTheTypeHoldsAndThatCanBeDivided) {
  for (const int ranks : {2, 3, 4, 7, 64, 100}) {
    const Collective c = all_reduce_of(GetParam(), Collective::Reduction::avg);
    if (!why_not_exact(c, {0, ranks}).empty()) continue;
    Numbers sum(elements), largest(elements);
    for (int rank = 0; rank < ranks; ++rank) {
      const Numbers mine = numbers(input(c, {rank, ranks}, 0, drawing));
      for (std::size_t i = 0; i < elements; ++i) {
        sum[i] += mine[i];
        largest[i] += std::abs(mine[i]);
      }
    }
    for (double& one : sum) one /= ranks;

    EXPECT_EQ(numbers(*expected(c, {0, ranks}, drawing)), sum) << ranks << " ranks";
    for (const double bound : largest) {
      EXPECT_LE(bound, static_cast<double>(traits_of(GetParam()).exact)) << ranks << " ranks";
    }
    if (is_integer(GetParam())) {
      for (const double one : sum) EXPECT_EQ(one, std::trunc(one));
    }
  }
}

INSTANTIATE_TEST_SUITE_P(All, EveryExactReduction,
                         testing::Values(DType::f64, DType::f32, DType::bf16, DType::f16,
                                         DType::f8_e4m3, DType::f8_e5m2, DType::i32, DType::int8,
                                         DType::u8, DType::i64, DType::u32, DType::u64),
                         [](const auto& test) { return std::string(name_of(test.param)); });

TEST(Average, IsRefusedWhereItIsNotExact) {
  const auto refusal = [](DType type, int ranks) {
    return why_not_exact(all_reduce_of(type, Collective::Reduction::avg), {0, ranks});
  };

  EXPECT_EQ(refusal(DType::bf16, 8), "");
  EXPECT_EQ(refusal(DType::i32, 3), "");
  EXPECT_NE(refusal(DType::f32, 3).find("the average of f32 over 3 ranks is not exact"),
            std::string::npos);
  EXPECT_NE(refusal(DType::f8_e4m3, 1024), "");
  EXPECT_NE(refusal(DType::int8, 200), "");
  EXPECT_EQ(why_not_exact(all_reduce_of(DType::f32, Collective::Reduction::prod), {0, 3}), "");
}

}  // namespace
}  // namespace shortfall
