#include <gtest/gtest.h>

#include "core/error.hpp"
#include "harness/groups.hpp"

namespace shortfall {
namespace {

TEST(Groups, PairsJoinTheHalvesAndLeaveTheOddOneIdle) {
  EXPECT_EQ(group_of("pairs", 0, 5), 0);
  EXPECT_EQ(group_of("pairs", 2, 5), 0);
  EXPECT_EQ(group_of("pairs", 1, 5), 1);
  EXPECT_EQ(group_of("pairs", 3, 5), 1);
  EXPECT_EQ(group_of("pairs", 4, 5), std::nullopt);
  EXPECT_EQ(group_of("pairs", 0, 1), std::nullopt);
}

TEST(Groups, OneIsRankZeroAlone) {
  EXPECT_EQ(group_of("one", 0, 4), 0);
  EXPECT_EQ(group_of("one", 3, 4), std::nullopt);
}

TEST(Groups, AllAreByThemselvesAndTheWorldIsTogether) {
  EXPECT_NE(group_of("all", 0, 4), group_of("all", 1, 4));
  EXPECT_EQ(group_of("world", 0, 4), group_of("world", 3, 4));
}

TEST(Groups, AnUnknownKindIsAnError) { EXPECT_THROW(group_of("mars", 0, 1), Error); }

}  // namespace
}  // namespace shortfall
