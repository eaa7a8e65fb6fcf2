#include "harness/rounds.hpp"

#include <gtest/gtest.h>

#include <set>

#include "core/error.hpp"
#include "tests/unit/fakes.hpp"

namespace shortfall {
namespace {

using Pairs = std::vector<std::pair<int, int>>;

HostOfRank hosts_with(const std::vector<int>& ranks) {
  HostOfRank hosts;
  for (std::size_t host = 0; host < ranks.size(); ++host) {
    hosts.insert(hosts.end(), static_cast<std::size_t>(ranks[host]), static_cast<int>(host));
  }
  return hosts;
}

Pairs pairs_in(const std::string& round, const HostOfRank& hosts) {
  Pairs pairs;
  for (const auto& ranks : ranks_of_groups(round, hosts)) {
    EXPECT_EQ(ranks.size(), 2U) << round;
    pairs.emplace_back(ranks.front(), ranks.back());
  }
  return pairs;
}

TEST(Rounds, MatchEverybodyWithEverybodyElseOnce) {
  for (int count = 1; count <= 17; ++count) {
    std::set<std::pair<int, int>> seen;
    const int rounds = rounds_of(count);
    for (int round = 1; round <= rounds; ++round) {
      std::set<int> busy;
      for (const auto& [one, other] : matches_of_round(round, count)) {
        EXPECT_LT(one, other);
        EXPECT_TRUE(busy.insert(one).second && busy.insert(other).second) << count;
        EXPECT_TRUE(seen.emplace(one, other).second) << one << " meets " << other << " again";
      }
      EXPECT_EQ(busy.size(), static_cast<std::size_t>(count / 2 * 2)) << "one is idle at most";
    }
    EXPECT_EQ(seen.size(), static_cast<std::size_t>(count * (count - 1) / 2)) << count;
    EXPECT_EQ(rounds, count < 2 ? 0 : count % 2 == 0 ? count - 1 : count);
  }
}

TEST(Rounds, ThatAreNotThereMatchNobody) {
  EXPECT_TRUE(matches_of_round(0, 4).empty());
  EXPECT_TRUE(matches_of_round(4, 4).empty());
  EXPECT_EQ(largest_group(partition("round_9", {0, 0})), 0);
}

TEST(Rounds, OfTheOnlyHostMatchItsRanks) {
  EXPECT_EQ(pairs_in("round_1", hosts_with({4})), (Pairs{{0, 3}, {1, 2}}));
  EXPECT_EQ(pairs_in("round_3", hosts_with({3})), (Pairs{{0, 1}}));
  EXPECT_TRUE(pairs_in("round_1_cross_1", hosts_with({4})).empty()) << "nobody stands elsewhere";
}

TEST(Rounds, OfSeveralHostsKeepEveryRankOnItsRail) {
  for (int hosts = 2; hosts <= 17; ++hosts) {
    const HostOfRank job = hosts_with(std::vector<int>(static_cast<std::size_t>(hosts), 3));
    std::set<std::pair<int, int>> seen;
    for (int round = 1; round <= rounds_of(hosts); ++round) {
      for (const auto& pair : pairs_in(text_of(RoundWord{round}), job)) {
        EXPECT_EQ(pair.first % 3, pair.second % 3) << "ranks of equal numbers";
        EXPECT_TRUE(seen.insert(pair).second);
      }
    }
    EXPECT_EQ(seen.size(), static_cast<std::size_t>(3 * hosts * (hosts - 1) / 2));
  }
}

TEST(Rounds, AcrossMeetEveryRankOfOtherHostsOnceWithThoseOfTheRail) {
  const HostOfRank job = hosts_with({3, 3, 3, 3});
  std::set<std::pair<int, int>> seen;
  for (int round = 1; round <= rounds_of(4); ++round) {
    for (int cross = 0; cross < 3; ++cross) {
      const auto pairs = pairs_in(text_of(RoundWord{round, cross}), job);
      EXPECT_EQ(pairs.size(), 6U) << "nobody is idle";
      for (const auto& pair : pairs) EXPECT_TRUE(seen.insert(pair).second);
    }
  }
  EXPECT_EQ(seen.size(), 54U) << "6 pairs of hosts, 9 of their ranks each";
}

TEST(Rounds, LeaveTheOddRanksOfLargerHostsIdle) {
  const HostOfRank job = hosts_with({3, 2});
  EXPECT_EQ(pairs_in("round_1", job), (Pairs{{0, 3}, {1, 4}}));
  EXPECT_EQ(pairs_in("round_1_cross_1", job), (Pairs{{0, 4}, {1, 3}}));
  EXPECT_TRUE(pairs_in("round_1_cross_2", job).empty()) << "one host has no third rank";
}

TEST(Rounds, FollowHostsHoweverRanksAreDealtOut) {
  EXPECT_EQ(pairs_in("round_1", {0, 1, 0, 1}), (Pairs{{0, 1}, {2, 3}}));
}

TEST(Rounds, TheOtherRankStandsFirstOnTheWayBack) {
  EXPECT_EQ(pairs_in("round_1_back", hosts_with({2, 2})), (Pairs{{2, 0}, {3, 1}}));
  for (const auto& [kind, first] : {std::pair("round_1", 0), std::pair("round_1_back", 1)}) {
    fake::Job job(2, "host");
    job.run([&, first = first, kind = kind](World& world) {
      Seconds now;
      Groups groups(world, [&](World& group) {
        return std::make_unique<fake::SummingCommunicator>(group, now);
      });
      EXPECT_EQ(groups.at(kind).world->rank() == 0, world.rank() == first) << kind;
    });
  }
}

TEST(Rounds, BeyondTheFirstDozenPutAnEndToTheOldest) {
  fake::Job job(2, "host");
  job.run([](World& world) {
    int made = 0;
    Seconds now;
    Groups groups(world, [&](World& group) {
      ++made;
      return std::make_unique<fake::SummingCommunicator>(group, now);
    });
    const auto ask = [&](std::size_t rounds) {
      for (std::size_t i = 0; i < rounds; ++i) {
        groups.at(i % 2 == 0 ? "round_1" : "round_1_back");
      }
      return made;
    };
    EXPECT_EQ(ask(6), 2) << "kept";
    for (int number = 2; number < 13; ++number) groups.at(text_of(RoundWord{number}));
    EXPECT_EQ(ask(1), 3) << "made anew";
    EXPECT_EQ(std::ranges::count(groups.connections(), "round_1", &Connection::group), 1);
  });
}

TEST(RoundWords, AreReadAndRefused) {
  for (const RoundWord& word :
       {RoundWord{1}, RoundWord{12, 3}, RoundWord{7, 0, true}, RoundWord{2, 1, true}}) {
    EXPECT_EQ(round_from(text_of(word)), word) << text_of(word);
  }
  EXPECT_EQ(text_of(RoundWord{2, 1, true}), "round_2_cross_1_back");
  for (const std::string wrong :
       {"round", "round_", "round_0", "round_-1", "round_x", "round_1_", "round_1_cross",
        "round_1_cross_", "round_1_cross_0", "round_1_back_cross_1", "round_1_back_back", "rounds",
        "round_99999999999999999999"}) {
    EXPECT_FALSE(round_from(wrong)) << wrong;
    EXPECT_THROW(partition(wrong, {0, 0}), Error) << wrong;
  }
}

}  // namespace
}  // namespace shortfall
