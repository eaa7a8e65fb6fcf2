#include <gtest/gtest.h>

#include "core/error.hpp"
#include "harness/groups.hpp"

namespace shortfall {
namespace {

const HostOfRank two_hosts{0, 0, 0, 1, 1};

Partition on_one_host(const std::string& kind, std::size_t ranks) {
  return partition(kind, HostOfRank(ranks, 0));
}

TEST(Groups, PairsJoinTheHalvesAndLeaveTheOddOneIdle) {
  EXPECT_EQ(on_one_host("pairs", 5), (Partition{0, 1, 0, 1, -1}));
  EXPECT_EQ(on_one_host("pairs", 1), Partition{-1});
}

TEST(Groups, NextPairsJoinNeighborsAndLeaveTheOddOneIdle) {
  EXPECT_EQ(on_one_host("next_pairs", 5), (Partition{0, 0, 1, 1, -1}));
}

TEST(Groups, HalvesAreOfTwoRanksAtLeast) {
  EXPECT_EQ(on_one_host("halves", 5), (Partition{0, 0, 1, 1, -1}));
  EXPECT_EQ(largest_group(on_one_host("halves", 3)), 0);
  EXPECT_EQ(largest_group(on_one_host("halves", 1)), 0);
}

TEST(Groups, OneIsRankZeroAlone) { EXPECT_EQ(on_one_host("one", 3), (Partition{0, -1, -1})); }

TEST(Groups, AllAreByThemselvesAndTheWorldIsTogether) {
  EXPECT_EQ(on_one_host("all", 3), (Partition{0, 1, 2}));
  EXPECT_EQ(on_one_host("world", 3), (Partition{0, 0, 0}));
}

TEST(Groups, RanksOfAHostStayTogether) {
  EXPECT_EQ(partition("within_host", two_hosts), (Partition{0, 0, 0, 1, 1}));
  EXPECT_EQ(largest_group(partition("within_host", {0, 1, 2})), 0);
}

TEST(Groups, OneRankOfEachHostSpeaksForIt) {
  EXPECT_EQ(partition("across_hosts", two_hosts), (Partition{0, -1, -1, 0, -1}));
  EXPECT_EQ(largest_group(on_one_host("across_hosts", 4)), 0);
}

TEST(Groups, RailsJoinEqualPlacesOfAllHosts) {
  EXPECT_EQ(partition("rails", two_hosts), (Partition{0, 1, -1, 0, 1}));
}

TEST(Groups, APairCanBeChosen) {
  EXPECT_EQ(on_one_host("3-1", 4), (Partition{-1, 0, -1, 0}));
  EXPECT_EQ(largest_group(on_one_host("1-9", 4)), 0);
  for (const std::string wrong : {"1-1", "-1", "1-", "a-b", "1-2-3", "-1-2"}) {
    EXPECT_FALSE(chosen_pair(wrong)) << wrong;
  }
}

TEST(Groups, AnUnknownKindIsAnError) { EXPECT_THROW(partition("mars", {0}), Error); }

}  // namespace
}  // namespace shortfall
