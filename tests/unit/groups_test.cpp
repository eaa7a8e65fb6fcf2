#include <gtest/gtest.h>

#include "core/error.hpp"
#include "harness/groups.hpp"
#include "tests/unit/fakes.hpp"

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

TEST(Groups, BlocksAreRanksInARowAndTheLastMayBeSmaller) {
  EXPECT_EQ(on_one_host("blocks_of_2", 4), (Partition{0, 0, 1, 1}));
  EXPECT_EQ(on_one_host("blocks_of_3", 8), (Partition{0, 0, 0, 1, 1, 1, 2, 2}));
  EXPECT_EQ(on_one_host("blocks_of_2", 3), (Partition{0, 0, -1})) << "nobody to talk to";
  EXPECT_EQ(on_one_host("blocks_of_9", 3), (Partition{0, 0, 0}));
  EXPECT_EQ(largest_group(on_one_host("blocks_of_1", 3)), 0);
}

TEST(Groups, EveryNthRankLeavesTheSameRemainder) {
  EXPECT_EQ(on_one_host("every_2", 5), (Partition{0, 1, 0, 1, 0}));
  EXPECT_EQ(on_one_host("every_2", 3), (Partition{0, -1, 0})) << "rank 1 has nobody to talk to";
  EXPECT_EQ(on_one_host("every_1", 3), (Partition{0, 0, 0}));
  EXPECT_EQ(largest_group(on_one_host("every_3", 3)), 0);
}

TEST(Groups, OneOfManyCanBeAloneWhileTheOthersAreIdle) {
  EXPECT_EQ(on_one_host("first_blocks_of_2", 5), (Partition{0, 0, -1, -1, -1}));
  EXPECT_EQ(on_one_host("first_every_2", 5), (Partition{0, -1, 0, -1, 0}));
}

TEST(Groups, WordsWithoutAProperNumberAreErrors) {
  for (const std::string wrong : {"blocks_of_", "blocks_of_0", "every_-1", "every_2x", "first_2",
                                  "blocks_of_99999999999999999999"}) {
    EXPECT_THROW(partition(wrong, {0, 0}), Error) << wrong;
  }
}

TEST(Groups, AJobOfOneRankConnectsWithNobody) {
  fake::Job job(1);
  fake::Job::Rank world(job, 0);
  Groups groups(world, {});  // nobody can open a communicator

  const Member& member = groups.at("world");

  ASSERT_NE(member.world, nullptr);
  EXPECT_EQ(member.world->size(), 1);
  EXPECT_EQ(member.communicator, nullptr);
}

TEST(Groups, AnUnknownKindIsAnError) { EXPECT_THROW(partition("mars", {0}), Error); }

}  // namespace
}  // namespace shortfall
