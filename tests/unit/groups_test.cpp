#include <gtest/gtest.h>

#include <chrono>

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

TEST(Groups, TwoRanksOfEachHostCanBeChosen) {
  EXPECT_EQ(partition("within_host_0-1", two_hosts), (Partition{0, 0, -1, 1, 1}));
  EXPECT_EQ(partition("within_host_2-0", two_hosts), (Partition{0, -1, 0, -1, -1}))
      << "the second host has nobody for it to talk to";
  EXPECT_EQ(largest_group(partition("within_host_3-4", two_hosts)), 0);
  EXPECT_EQ(host_pair_from(host_pair_word(7, 2)), std::pair(7, 2));
  for (const std::string wrong : {"within_host_", "within_host_1", "within_host_1-1", "0-1"}) {
    EXPECT_FALSE(host_pair_from(wrong)) << wrong;
  }
}

TEST(Groups, OfAPairTheFirstNamedStandsFirst) {
  for (const auto& [kind, first] : {std::pair("1-0", 1), std::pair("within_host_1-0", 1),
                                    std::pair("within_host_0-1", 0), std::pair("world", 0)}) {
    fake::Job job(2, "host");
    job.run([&, first = first, kind = kind](World& world) {
      Seconds now;
      Groups groups(world, [&](World& group) {
        return std::make_unique<fake::SummingCommunicator>(group, now);
      });
      const int place = groups.at(kind).world->rank();
      EXPECT_EQ(place == 0, world.rank() == first) << kind;
    });
  }
}

TEST(Groups, AreLinkedOnlyForWhatALinkDoes) {
  fake::Job job(2, "host");
  job.run([](World& world) {
    int communicators = 0, links = 0;
    Seconds now;
    const auto counted = [&now](int& count) {
      return [&now, &count](World& group, Carrier = Carrier::communicator) {
        ++count;
        return std::make_unique<fake::SummingCommunicator>(group, now);
      };
    };
    Groups groups(world, counted(communicators), {counted(links)});

    groups.at("world", PeerCopy{PeerCopy::Shape::pair, 1_MiB});
    groups.at("world", PeerCopy{PeerCopy::Shape::pair, 2_MiB});
    EXPECT_EQ(links, 1);
    EXPECT_EQ(communicators, 0);
    EXPECT_TRUE(groups.connections().empty()) << "connect/group= is of communicators";

    groups.at("world", Transfer{Transfer::Kind::one_way, 1_MiB});
    EXPECT_EQ(links, 1);
    EXPECT_EQ(communicators, 1);
  });
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

// What is looked at for each rank must not be gathered anew for each.
TEST(Groups, OfManyHostsAreOrderedAtOnce) {
  constexpr int hosts = 10'000;
  HostOfRank hosts_of_ranks;
  for (int rank = 0; rank < 2 * hosts; ++rank) hosts_of_ranks.push_back(rank / 2);
  const auto start = std::chrono::steady_clock::now();

  const auto groups = ranks_of_groups("within_host_1-0", hosts_of_ranks);

  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(5));
  ASSERT_EQ(groups.size(), std::size_t{hosts});
  EXPECT_EQ(groups.back(), (std::vector<int>{2 * hosts - 1, 2 * hosts - 2}));
}

}  // namespace
}  // namespace shortfall
