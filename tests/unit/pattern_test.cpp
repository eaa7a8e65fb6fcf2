#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <vector>

#include "core/bf16.hpp"
#include "core/draw.hpp"

namespace shortfall {
namespace {

using Data = std::vector<std::byte>;
constexpr Draw drawing{.seed = 7, .batch = 2};

Collective sum_of(std::size_t elements, DType type) {
  return {Collective::Kind::all_reduce, {static_cast<double>(elements * size_of(type))}, type};
}

Data written(const Pattern& pattern) {
  Data data(pattern.count * size_of(pattern.type));
  write(data, pattern);
  return data;
}

std::vector<double> numbers(const Pattern& pattern) {
  const Data data = written(pattern);
  return draw::with_type(pattern.type, [&]<class T>(T) {
    std::vector<double> all;
    for (const T value : draw::elements<T>(std::span<const std::byte>(data)))
      all.push_back(draw::to_number(value));
    return all;
  });
}

class EveryType : public testing::TestWithParam<DType> {};

TEST_P(EveryType, SumsOfManyRanksAreWhatTheRanksDrewAndStayExact) {
  const DType type = GetParam();
  for (const int ranks : {2, 3, 63, 65, 1000}) {
    const Operation operation = sum_of(150, type);
    std::vector<double> sum(150), largest(150);
    for (int rank = 0; rank < ranks; ++rank) {
      const auto mine = numbers(input(operation, {rank, ranks}, 0, drawing));
      for (std::size_t i = 0; i < sum.size(); ++i) {
        sum[i] += mine[i];
        largest[i] += std::abs(mine[i]);
      }
    }

    EXPECT_EQ(numbers(*expected(operation, {0, ranks}, drawing)), sum) << ranks << " ranks";
    for (const double bound : largest) EXPECT_LE(bound, static_cast<double>(traits_of(type).exact));
  }
}

TEST_P(EveryType, IsNotFullOfZeros) {
  const auto mine = numbers(input(sum_of(1000, GetParam()), {1, 2}, 0, drawing));

  EXPECT_LT(std::ranges::count(mine, 0.0), 600);
}

TEST_P(EveryType, PoisonNeverPasses) {
  const Operation operation = sum_of(100, GetParam());
  const Data data = written(output_before(operation, {0, 2}, drawing));

  EXPECT_TRUE(first_mismatch(data, *expected(operation, {0, 2}, drawing)));
  EXPECT_TRUE(first_mismatch(data, output_before(operation, {0, 2}, drawing)));
}

TEST_P(EveryType, AShiftByOneElementIsFound) {
  const Operation operation = sum_of(1000, GetParam());
  const Pattern want = *expected(operation, {0, 2}, drawing);
  Data data = written(want);
  const std::size_t size = size_of(GetParam());
  std::memmove(data.data(), data.data() + size, data.size() - size);

  EXPECT_TRUE(first_mismatch(data, want));
}

INSTANTIATE_TEST_SUITE_P(All, EveryType,
                         testing::Values(DType::f64, DType::f32, DType::tf32, DType::bf16,
                                         DType::f16, DType::f8_e4m3, DType::f8_e5m2, DType::mxfp8,
                                         DType::i32, DType::int8, DType::u8, DType::i64, DType::u32,
                                         DType::u64),
                         [](const auto& test) { return std::string(name_of(test.param)); });

TEST(Pattern, DependsOnRankOperandBatchAndSeed) {
  const Operation operation = MemoryPass{MemoryPass::Kind::triad, 3_KiB};
  const auto of = [&](int rank, std::size_t operand, Draw draw) {
    return numbers(input(operation, {rank, 4}, operand, draw));
  };

  EXPECT_NE(of(0, 0, drawing), of(1, 0, drawing));
  EXPECT_NE(of(0, 0, drawing), of(0, 1, drawing));
  EXPECT_NE(of(0, 0, drawing), of(0, 0, {drawing.seed, 3}));
  EXPECT_NE(of(0, 0, drawing), of(0, 0, {8, drawing.batch}));
  EXPECT_EQ(of(0, 0, drawing), of(0, 0, drawing));
}

TEST(Pattern, AllToAllExpectsTheBlockForThisRankFromEachRank) {
  const Operation operation = Collective{Collective::Kind::all_to_all, {3 * 100 * 4}, DType::f32};
  std::vector<double> want;
  for (int from = 0; from < 3; ++from) {
    const auto sent = numbers(input(operation, {from, 3}, 0, drawing));
    want.insert(want.end(), sent.begin() + 100, sent.begin() + 200);
  }

  EXPECT_EQ(numbers(*expected(operation, {1, 3}, drawing)), want);
}

TEST(Pattern, AReadExpectsTheExactSum) {
  const Operation operation = MemoryPass{MemoryPass::Kind::read, {8 * 1000}};
  double sum = 0;
  for (const double number : numbers(input(operation, {}, 0, drawing))) sum += number;

  EXPECT_EQ(numbers(*expected(operation, {}, drawing)), std::vector{sum});
}

TEST(Pattern, AMessageIsExpectedAsOftenAsItIsSent) {
  for (const auto& [bytes, elements] : {std::pair{100, 25U}, std::pair{7, 7U}}) {
    const Operation operation = Transfer{Transfer::Kind::two_way, {static_cast<double>(bytes)}};
    const auto sent = numbers(input(operation, {0, 2}, 0, drawing));
    const auto arrives = numbers(*expected(operation, {1, 2}, drawing));

    ASSERT_EQ(sent.size(), elements);
    ASSERT_EQ(arrives.size(), 64 * elements);
    for (std::size_t i = 0; i < arrives.size(); ++i) ASSERT_EQ(arrives[i], sent[i % elements]) << i;
  }
}

TEST(Pattern, NothingArrivesAtTheSenderOfOneWay) {
  EXPECT_FALSE(expected(Transfer{Transfer::Kind::one_way, 8_B}, {0, 2}, drawing));
  EXPECT_TRUE(expected(Transfer{Transfer::Kind::one_way, 8_B}, {1, 2}, drawing));
}

TEST(Pattern, HalfIsFoundOnTheLastElement) {
  const Operation operation = sum_of(1001, DType::f32);
  const Pattern want = *expected(operation, {0, 2}, drawing);
  Data data = written(want);
  draw::elements<float>(std::span(data)).back() += 0.5F;

  const auto mismatch = first_mismatch(data, want);

  ASSERT_TRUE(mismatch);
  EXPECT_EQ(mismatch->index, 1000U);
  EXPECT_EQ(mismatch->got, mismatch->want + 0.5);
}

TEST(Pattern, ASixteenthMoreOnAnyElementIsFound) {
  for (const int ranks : {2, 3, 1000}) {
    const Pattern want = *expected(sum_of(500, DType::f32), {0, ranks}, drawing);
    const Data correct = written(want);
    for (std::size_t i = 0; i < want.count; ++i) {
      Data data = correct;
      draw::elements<float>(std::span(data))[i] += 0.0625F;

      ASSERT_TRUE(first_mismatch(data, want)) << ranks << " ranks, element " << i;
    }
  }
}

TEST(Pattern, NormalNumbersHaveMeanZeroAndDeviationOne) {
  const auto numbers_drawn = numbers(input(Gemm{300, 300, 300}, {}, 0, drawing));
  double sum = 0, squares = 0;
  for (const double number : numbers_drawn) {
    sum += number;
    squares += number * number;
  }

  EXPECT_NEAR(sum / 9e4, 0, 0.02);
  EXPECT_NEAR(squares / 9e4, 1, 0.02);
}

Pattern pairs(std::size_t count) {
  return {DType::nvfp4, count, {}, drawing, Drawn{0, data_from("normal"), count}};
}

TEST(PatternOfPairs, HasTheFirstNumberInTheLowerHalfOfItsByteAndNothingBehindTheLast) {
  const Data data = [] {
    Data bytes(bytes_of(DType::nvfp4, 101));
    write(bytes, pairs(101));
    return bytes;
  }();
  const Pattern one_by_one{DType::f64, 101, {}, drawing, Drawn{0, data_from("normal"), 101}};
  const auto wide = numbers(one_by_one);

  ASSERT_EQ(data.size(), 51U);
  for (std::size_t i = 0; i < 101; ++i) {
    const auto code = static_cast<unsigned>(data[i / 2]) >> (i % 2 == 0 ? 0U : 4U) & 0xfU;
    EXPECT_EQ(code, F4E2M1(wide[i]).bits) << i;
  }
  EXPECT_EQ(data.back() >> 4, std::byte{0});
}

TEST(PatternOfPairs, EveryWrongNumberIsNamed) {
  Data data(bytes_of(DType::nvfp4, 101));
  write(data, pairs(101));
  EXPECT_FALSE(first_mismatch(data, pairs(101)));

  for (std::size_t i = 0; i < 101; ++i) {
    Data wrong = data;
    wrong[i / 2] ^= static_cast<std::byte>(i % 2 == 0 ? 0x01 : 0x10);

    const auto mismatch = first_mismatch(wrong, pairs(101));

    ASSERT_TRUE(mismatch) << i;
    EXPECT_EQ(mismatch->index, i);
    EXPECT_NE(mismatch->got, mismatch->want);
  }
}

TEST(Pattern, ChoosesContributorsInABlockWhereverAPeriodEnds) {
  const Pattern once{DType::f32, 300, {4, 3}, drawing, Own{1, 0, 300, 0}};
  const Pattern thrice{DType::f32, 900, {4, 3}, drawing, Own{1, 0, 300, 0}};
  const auto one = numbers(once), three = numbers(thrice);

  for (std::size_t i = 0; i < 900; ++i) ASSERT_EQ(three[i], one[i % 300]) << i;
}

TEST(Pattern, NaNIsNotEqualToItself) {
  const Pattern nans{DType::f32, 70, {}, {}, Constant{std::nan("")}};

  EXPECT_TRUE(first_mismatch(written(nans), nans));
}

TEST(Bf16, RoundsToNearestEven) {
  EXPECT_EQ(static_cast<float>(Bf16(1.00390625F)), 1.0F);       // half way: to even
  EXPECT_EQ(static_cast<float>(Bf16(1.01171875F)), 1.015625F);  // half way: to even
  EXPECT_TRUE(std::isnan(static_cast<float>(Bf16(std::nanf("")))));
}

}  // namespace
}  // namespace shortfall
