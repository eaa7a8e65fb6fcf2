#include <gtest/gtest.h>

#include <cmath>

#include "core/operation.hpp"

namespace shortfall {
namespace {

using Kind = Collective::Kind;

double bus_factor(Kind kind, int ranks) {
  return work(Collective{kind, 1_MiB}, {0, ranks}).link / 1_MiB;
}

TEST(Work, AllReduceSendsNearlyTwiceThePayloadAtScale) {
  EXPECT_DOUBLE_EQ(bus_factor(Kind::all_reduce, 2), 1.0);
  EXPECT_DOUBLE_EQ(bus_factor(Kind::all_reduce, 8), 1.75);
}

TEST(Work, AllToAllKeepsOneShareAtHome) { EXPECT_DOUBLE_EQ(bus_factor(Kind::all_to_all, 4), 0.75); }

TEST(Work, ASingleRankMovesNothing) {
  for (const auto kind : {Kind::all_reduce, Kind::all_to_all}) {
    EXPECT_DOUBLE_EQ(bus_factor(kind, 1), 0.0);
  }
}

TEST(Work, AGemmCountsAMultiplicationAndAnAddition) {
  EXPECT_DOUBLE_EQ(work(Gemm{2, 3, 4}, {}).flop.value, 48);
}

TEST(Work, ATriadMovesThreeArraysAndACopyTwo) {
  EXPECT_DOUBLE_EQ(work(MemoryPass{MemoryPass::Kind::triad, {3 * 4096}}, {}).memory.value,
                   3 * 4096);
  EXPECT_DOUBLE_EQ(work(MemoryPass{MemoryPass::Kind::copy, {2 * 4096}}, {}).memory.value, 2 * 4096);
}

TEST(Work, EveryPassCountsItsArraysAndItsArithmetic) {
  using Pass = MemoryPass;
  struct Count {
    MemoryPass pass;
    double bytes, flop;  // of one element
  };
  const std::vector<Count> counts{
      {{Pass::Kind::read, 1_MiB}, 8, 1},    {{Pass::Kind::write, 1_MiB}, 8, 0},
      {{Pass::Kind::copy, 1_MiB}, 16, 0},   {{Pass::Kind::scale, 1_MiB}, 16, 1},
      {{Pass::Kind::add, 1_MiB}, 24, 1},    {{Pass::Kind::triad, 1_MiB}, 24, 2},
      {{Pass::Kind::dot, 1_MiB}, 16, 2},    {{Pass::Kind::gather, 1_MiB}, 20, 0},
      {{Pass::Kind::mix, 1_MiB, 1}, 16, 0}, {{Pass::Kind::mix, 1_MiB, 4}, 40, 3}};
  for (const auto& [pass, bytes, flop] : counts) {
    const Work one = work(pass, {});
    const double elements = one.memory.value / bytes;

    EXPECT_EQ(std::fmod(elements, 8), 0) << bytes;
    EXPECT_GT(one.memory.value, (1 << 20) - 8 * bytes);
    EXPECT_LE(one.memory.value, 1 << 20);
    EXPECT_DOUBLE_EQ(one.flop.value, flop * elements);
    EXPECT_LE(footprint(layout(pass, {})).value, one.memory.value + 8);
  }
}

TEST(Work, OfAChaseIsTimeAlone) {
  EXPECT_EQ(work(Chase{1_MiB}, {}).memory.value, 0);
  EXPECT_EQ(layout(Chase{1_MiB}, {}).inputs[0].bytes(), 1_MiB);
}

TEST(Placement, IsThatOfOperationsThatHaveOne) {
  const Placement somewhere{Pages::small, 3};

  EXPECT_EQ(placement(MemoryPass{MemoryPass::Kind::read, 1_MiB, 1, somewhere}), somewhere);
  EXPECT_EQ(placement(Chase{1_MiB, somewhere}), somewhere);
  EXPECT_EQ(placement(Gemm{2, 3, 4}), Placement{});
}

TEST(Layout, AGatherReadsATableAndAsManyIndices) {
  const Layout buffers = layout(MemoryPass{MemoryPass::Kind::gather, {20 * 800}}, {});

  ASSERT_EQ(buffers.inputs.size(), 2U);
  EXPECT_EQ(buffers.inputs[0].count, 800U);
  EXPECT_EQ(buffers.inputs[1].type, DType::i32);
  EXPECT_EQ(buffers.inputs[1].count, 800U);
  EXPECT_EQ(buffers.output.count, 800U);
}

TEST(Layout, AWriteReadsNothing) {
  EXPECT_TRUE(layout(MemoryPass{MemoryPass::Kind::write, 1_MiB}, {}).inputs.empty());
}

TEST(Work, BothDirectionsOfATransferCount) {
  EXPECT_DOUBLE_EQ(work(Transfer{Transfer::Kind::two_way, 1_KiB}, {0, 2}).payload.value, 2048);
  EXPECT_DOUBLE_EQ(work(Transfer{Transfer::Kind::one_way, 1_KiB}, {0, 2}).payload.value, 1024);
}

TEST(Layout, AllToAllIsCutToWholeBlocks) {
  EXPECT_EQ(layout(Collective{Kind::all_to_all, 1_KiB}, {0, 3}).output.bytes(), 1020_B);
}

TEST(Layout, IntegerProductsAreSummedInWiderIntegers) {
  const Layout buffers = layout(Gemm{2, 3, 4, DType::int8}, {});

  EXPECT_EQ(buffers.inputs[0].type, DType::u8);
  EXPECT_EQ(buffers.inputs[1].type, DType::int8);
  EXPECT_EQ(buffers.output.type, DType::i32);
  EXPECT_EQ(buffers.output.count, 6U);
}

TEST(Window, KeepsSmallMessagesManyAndLargeOnesFew) {
  EXPECT_EQ(iterations_per_call(Transfer{Transfer::Kind::one_way, 8_B}), 64);
  EXPECT_EQ(iterations_per_call(Transfer{Transfer::Kind::two_way, 64_MiB}), 4);
  EXPECT_EQ(iterations_per_call(Transfer{Transfer::Kind::ping_pong, 8_B}), 2);
}

}  // namespace
}  // namespace shortfall
