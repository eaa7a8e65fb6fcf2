// What passes over memory must leave, against loops that do the same one by one.
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <set>
#include <vector>

#include "core/draw.hpp"

namespace shortfall {
namespace {

using Kind = MemoryPass::Kind;
using Numbers = std::vector<double>;
constexpr Draw drawing{.seed = 7, .batch = 1};
constexpr Group third{2, 4};

template <class T>
std::vector<T> written(const Pattern& pattern) {
  std::vector<T> data(pattern.count);
  write(std::as_writable_bytes(std::span(data)), pattern);
  return data;
}

Numbers operand(const MemoryPass& pass, std::size_t number) {
  return written<double>(input(pass, third, number, drawing));
}

Numbers wanted(const MemoryPass& pass) { return written<double>(*expected(pass, third, drawing)); }

// Element by element of the operands that there are.
template <class Function>
Numbers by_hand(const MemoryPass& pass, Function function) {
  const auto arrays = layout(pass, third).inputs.size();
  const Numbers a = operand(pass, 0), b = arrays > 1 ? operand(pass, 1) : a;
  Numbers result(a.size());
  for (std::size_t i = 0; i < a.size(); ++i) result[i] = function(a[i], b[i]);
  return result;
}

const std::vector<double> sizes{8.0 * 24, 8.0 * 1000, 8.0 * 40000};

TEST(PassPattern, ElementsAreThoseOfALoop) {
  for (const double bytes : sizes) {
    const MemoryPass copy{Kind::copy, {bytes}}, scale{Kind::scale, {bytes}},
        add{Kind::add, {bytes}}, triad{Kind::triad, {bytes}};

    EXPECT_EQ(wanted(copy), by_hand(copy, [](double a, double) { return a; }));
    EXPECT_EQ(wanted(scale), by_hand(scale, [](double a, double) { return 3 * a; }));
    EXPECT_EQ(wanted(add), by_hand(add, [](double a, double b) { return a + b; }));
    EXPECT_EQ(wanted(triad), by_hand(triad, [](double a, double b) { return a + 3 * b; }));
  }
}

TEST(PassPattern, AMixIsTheSumOfAllStreams) {
  for (int reads = 1; reads <= MemoryPass::most_reads; ++reads) {
    const MemoryPass mix{Kind::mix, {40000}, reads};
    Numbers sum = operand(mix, 0);
    for (int stream = 1; stream < reads; ++stream) {
      const Numbers term = operand(mix, static_cast<std::size_t>(stream));
      for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += term[i];
    }

    EXPECT_EQ(wanted(mix), sum) << reads;
  }
}

TEST(PassPattern, SumsAreExact) {
  for (const double bytes : sizes) {
    const MemoryPass read{Kind::read, {bytes}}, dot{Kind::dot, {bytes}};
    std::int64_t sum = 0, products = 0;
    for (const double number : operand(read, 0)) sum += std::llround(number);
    const Numbers a = operand(dot, 0), b = operand(dot, 1);
    for (std::size_t i = 0; i < a.size(); ++i) products += std::llround(a[i]) * std::llround(b[i]);

    EXPECT_EQ(wanted(read), Numbers{static_cast<double>(sum)});
    EXPECT_EQ(wanted(dot), Numbers{static_cast<double>(products)});
  }
}

TEST(PassPattern, SumsStayExactForTheLargestArrays) {
  for (const Kind kind : {Kind::read, Kind::dot}) {
    const MemoryPass pass{kind, 64_GiB};
    const auto count = static_cast<double>(layout(pass, {}).inputs[0].count);
    const int bits = exact_range(pass, {}).bits;
    const double largest = std::ldexp(1, kind == Kind::dot ? 2 * bits : bits);

    EXPECT_GE(bits, 4);
    EXPECT_LE(count * largest, std::ldexp(1, 49));  // a sixteenth of what f64 holds
  }
}

TEST(PassPattern, AGatherFollowsItsIndices) {
  for (const double bytes : sizes) {
    const MemoryPass gather{Kind::gather, {bytes}};
    const Numbers table = operand(gather, 0);
    const auto index = written<std::int32_t>(input(gather, third, 1, drawing));
    Numbers want(index.size());
    for (std::size_t i = 0; i < want.size(); ++i) {
      want[i] = table.at(static_cast<std::size_t>(index[i]));
    }

    EXPECT_EQ(wanted(gather), want);
  }
}

TEST(PassPattern, IndicesReachAllOfTheirTable) {
  const MemoryPass gather{Kind::gather, {20 * 8000}};
  const auto index = written<std::int32_t>(input(gather, third, 1, drawing));
  const std::set<std::int32_t> different(index.begin(), index.end());

  EXPECT_LT(*different.begin(), 20);
  EXPECT_GT(*different.rbegin(), 7980);
  EXPECT_GT(different.size(), 4800U);  // 1 - 1/e of 8000 are expected
}

TEST(PassPattern, AWriteLeavesItsConstantWhichIsNotPoison) {
  const MemoryPass write{Kind::write, {8 * 800}};
  const auto poisoned = written<double>(output_before(write, third, drawing));

  EXPECT_EQ(wanted(write), Numbers(800, MemoryPass::constant));
  EXPECT_TRUE(first_mismatch(std::as_bytes(std::span(poisoned)), *expected(write, third, drawing)));
}

TEST(PassPattern, OneWrongElementIsFound) {
  for (const Kind kind :
       {Kind::write, Kind::copy, Kind::scale, Kind::add, Kind::triad, Kind::mix, Kind::gather}) {
    const MemoryPass pass{kind, 64_KiB, 1};
    const Pattern want = *expected(pass, third, drawing);
    Numbers data = written<double>(want);
    data[data.size() / 2] += 1;

    const auto wrong = first_mismatch(std::as_bytes(std::span(data)), want);

    ASSERT_TRUE(wrong);
    EXPECT_EQ(wrong->index, data.size() / 2);
  }
}

}  // namespace
}  // namespace shortfall
