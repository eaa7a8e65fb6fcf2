// Every way to pass over memory, on the double: each leaves what a plain loop does, and touches
// nothing beyond its arrays.
#include <gtest/gtest.h>

#include <vector>

#include "backends/cuda/device.hpp"
#include "backends/cuda/pass_ways.hpp"
#include "backends/cuda/stream.hpp"

namespace shortfall::cuda {
namespace {

using Numbers = std::vector<double>;
constexpr std::size_t margin = 64;  // elements after each array that nobody may touch
constexpr double untouched = -1;
constexpr double factor = 3, constant = 7;

struct Arrays {
  explicit Arrays(std::size_t elements) : count(elements), to(elements + margin, untouched) {
    for (int array = 0; array < 4; ++array) {
      Numbers& numbers = from.emplace_back();
      for (std::size_t i = 0; i < elements; ++i) {
        numbers.push_back(static_cast<double>((i * 7 + static_cast<std::size_t>(array)) % 31));
      }
    }
    for (std::size_t i = 0; i < elements; ++i)
      index.push_back(static_cast<std::int32_t>(i * 1'000'003 % elements));
  }

  PassTask task() {
    PassTask all;
    for (int array = 0; array < 4; ++array) all.from[array] = from[array].data();
    all.index = index.data();
    all.to = to.data();
    all.count = count;
    all.factor = factor;
    all.constant = constant;
    all.partial = partial.data();
    all.finished = &finished;
    return all;
  }

  std::size_t count;
  std::vector<Numbers> from;
  std::vector<std::int32_t> index;
  Numbers to, partial = Numbers(most_partial_sums);
  unsigned finished = 0;
};

double element(Formula formula, const Arrays& a, std::size_t i) {
  const double b = a.from[0][i], c = a.from[1][i], d = a.from[2][i], e = a.from[3][i];
  switch (formula) {
    case Formula::read:
      return b;
    case Formula::dot:
      return b * c;
    case Formula::write:
      return constant;
    case Formula::copy:
      return b;
    case Formula::scale:
      return factor * b;
    case Formula::add:
      return b + c;
    case Formula::add3:
      return b + c + d;
    case Formula::add4:
      return b + c + d + e;
    case Formula::triad:
      return b + factor * c;
    case Formula::gather:
      return a.from[0][static_cast<std::size_t>(a.index[i])];
  }
  return untouched;
}

constexpr std::array stores{Formula::write, Formula::copy, Formula::scale, Formula::add,
                            Formula::triad, Formula::add3, Formula::add4,  Formula::gather};
constexpr std::array sums{Formula::read, Formula::dot};
// Multiples of 8: less than a block has threads, around whole tiles, and many of them.
constexpr std::array<std::size_t, 8> counts{8, 504, 4096, 4104, 16384, 16392, 65528, 100'000};

template <class Check>
void with_every_way(Formula formula, Check check) {
  CudaStream stream(1);
  for (const std::size_t count : counts) {
    Arrays arrays(count);
    for (const PassWay& way : ways_of(formula, arrays.task(), 2)) {
      std::ranges::fill(arrays.to, untouched);
      launch_pass(formula, arrays.task(), way, stream.handle());
      wait(stream, nullptr, {60});
      check(arrays, "formula " + std::to_string(static_cast<int>(formula)) + ", " +
                        std::to_string(count) + " elements, " + std::to_string(way.loads) +
                        " loads, " + std::to_string(way.blocks) + " blocks");
    }
  }
}

TEST(PassesOfTheDouble, LeaveWhatALoopLeaves) {
  for (const Formula formula : stores) {
    with_every_way(formula, [&](const Arrays& arrays, const std::string& which) {
      Numbers want(arrays.count + margin, untouched);
      for (std::size_t i = 0; i < arrays.count; ++i) want[i] = element(formula, arrays, i);
      EXPECT_EQ(arrays.to, want) << which;
    });
  }
}

TEST(PassesOfTheDouble, SumEveryElementOnce) {
  for (const Formula formula : sums) {
    with_every_way(formula, [&](const Arrays& arrays, const std::string& which) {
      double want = 0;
      for (std::size_t i = 0; i < arrays.count; ++i) want += element(formula, arrays, i);
      EXPECT_EQ(arrays.to[0], want) << which;
      EXPECT_EQ(arrays.to[1], untouched) << which;
    });
  }
}

TEST(PassesOfTheDouble, AreThoseOfEveryKind) {
  using Kind = MemoryPass::Kind;
  const auto device = open_card(0);
  for (const Kind kind : {Kind::read, Kind::write, Kind::copy, Kind::scale, Kind::add, Kind::triad,
                          Kind::dot, Kind::mix, Kind::gather}) {
    const MemoryPass pass{kind, 64_KiB, 3};
    const Layout buffers = layout(pass, {});
    Operands on{{}, device->allocate(buffers.output.bytes())};
    for (const Operand& input : buffers.inputs)
      on.inputs.push_back(device->allocate(input.bytes()));

    const auto answer = device->prepare(pass, on);

    ASSERT_TRUE(std::holds_alternative<std::unique_ptr<Prepared>>(answer));
    const Details details = std::get<std::unique_ptr<Prepared>>(answer)->details();
    EXPECT_EQ(details.at(0).first, "kernel");
    EXPECT_EQ(details.at(1).second, "0.062 times the second-level cache of 1 MiB");
  }
}

TEST(Ways, OfSumsFitIntoTheirPartialSums) {
  PassTask huge;
  huge.count = std::size_t{1} << 34;  // 128 GiB
  for (const Formula formula : sums) {
    for (const PassWay& way : ways_of(formula, huge, 200)) EXPECT_LE(way.blocks, most_partial_sums);
  }
}

TEST(Ways, OfLargeArraysAreThoseThatWereTried) {
  PassTask large, part;
  large.count = std::size_t{1} << 34;
  part.count = std::size_t{1} << 24;
  const auto tried = ways_of(Formula::add4, part, 200), used = ways_of(Formula::add4, large, 200);

  ASSERT_EQ(tried.size(), used.size());
  for (std::size_t i = 0; i < used.size(); ++i) {
    EXPECT_EQ(tried[i].loads, used[i].loads);
    EXPECT_EQ(tried[i].is_streaming, used[i].is_streaming);
    EXPECT_EQ(tried[i].threads, used[i].threads);
  }
}

TEST(Ways, OfFewElementsAreOneBlockEach) {
  PassTask small;
  small.count = 8;
  for (const PassWay& way : ways_of(Formula::triad, small, 200)) EXPECT_EQ(way.blocks, 1U);
}

}  // namespace
}  // namespace shortfall::cuda
