#include <gtest/gtest.h>

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
