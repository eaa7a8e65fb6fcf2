// What a World promises, over TCP: ranks are threads, connections are real.
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <map>
#include <numeric>
#include <string>

#include "backends/process.hpp"
#include "backends/tcp/world.hpp"
#include "tests/unit/tcp_ranks.hpp"

namespace shortfall::tcp {
namespace {

using Texts = std::vector<std::string>;
using Numbers = std::vector<int>;

class TcpWorldOf : public testing::TestWithParam<int> {
 protected:
  int size() const { return GetParam(); }
  template <class T>
  std::vector<T> every(T answer) const {
    return std::vector<T>(static_cast<std::size_t>(size()), answer);
  }
  Numbers ranks() const {
    Numbers all(static_cast<std::size_t>(size()));
    std::iota(all.begin(), all.end(), 0);
    return all;
  }
};
INSTANTIATE_TEST_SUITE_P(Ranks, TcpWorldOf, testing::Values(1, 2, 3, 5));

TEST_P(TcpWorldOf, KnowsRanksAndHosts) {
  const auto told = answers_of_ranks<std::string>(size(), [](World& world) {
    return world.host(world.size() - 1) + std::to_string(world.rank_in_job(world.rank()));
  });

  for (int rank = 0; rank < size(); ++rank) {
    EXPECT_EQ(told[static_cast<std::size_t>(rank)], name_of_host() + std::to_string(rank));
  }
}

TEST_P(TcpWorldOf, BroadcastsFromEveryRank) {
  const auto heard = answers_of_ranks<Texts>(size(), [](World& world) {
    Texts texts;
    for (int from = 0; from < world.size(); ++from) {
      texts.push_back(broadcast(world, "of " + std::to_string(world.rank()), from));
    }
    return texts;
  });

  Texts expected;
  for (const int rank : ranks()) expected.push_back("of " + std::to_string(rank));
  EXPECT_EQ(heard, every(expected));
}

TEST_P(TcpWorldOf, GathersByRank) {
  const auto heard =
      answers_of_ranks<Numbers>(size(), [](World& world) { return gather(world, world.rank()); });

  EXPECT_EQ(heard, every(ranks()));
}

TEST_P(TcpWorldOf, GathersAndBroadcastsNothing) {
  const auto heard = answers_of_ranks<Texts>(size(), [](World& world) {
    broadcast(world, std::string());
    return gather(world, std::string());
  });

  EXPECT_EQ(heard, every(Texts(static_cast<std::size_t>(size()))));
}

TEST_P(TcpWorldOf, CollectsTextsOfAnyLengthOnRank0) {
  const auto heard = answers_of_ranks<Texts>(size(), [](World& world) {
    return world.collect(std::string(static_cast<std::size_t>(world.rank()) * 1'000'000, 'x'));
  });

  ASSERT_EQ(heard[0].size(), static_cast<std::size_t>(size()));
  for (std::size_t rank = 0; rank < heard.size(); ++rank) {
    EXPECT_EQ(heard[0][rank].size(), rank * 1'000'000);
    EXPECT_TRUE(rank == 0 || heard[rank].empty());
  }
}

TEST_P(TcpWorldOf, KeepsTheWeightiestVoteOfTheLowestRank) {
  const auto ballots = answers_of_ranks<Ballot>(size(), [](World& world) {
    const auto kind = world.rank() == 0 ? Vote::Kind::skip : Vote::Kind::fail;
    return world.vote({kind, "says " + std::to_string(world.rank())});
  });

  const int weightiest = size() == 1 ? 0 : 1;
  for (const Ballot& ballot : ballots) {
    EXPECT_EQ(ballot.rank, weightiest);
    EXPECT_EQ(ballot.vote.kind, size() == 1 ? Vote::Kind::skip : Vote::Kind::fail);
    EXPECT_EQ(ballot.vote.reason, "says " + std::to_string(weightiest));
  }
}

TEST_P(TcpWorldOf, IsReadyWhenAllAre) {
  const auto ballots =
      answers_of_ranks<Ballot>(size(), [](World& world) { return world.vote({}); });

  for (const Ballot& ballot : ballots) EXPECT_EQ(ballot.vote.kind, Vote::Kind::ready);
}

TEST_P(TcpWorldOf, FindsTheSlowestRank) {
  const auto found = answers_of_ranks<Slowest>(size(), [](World& world) {
    return world.slowest({world.rank() == world.size() - 1 ? 7.0 : 3.0});
  });

  for (const Slowest& slowest : found) {
    EXPECT_EQ(slowest.rank, size() - 1);
    EXPECT_EQ(slowest.time, Seconds{7});
  }
}

TEST_P(TcpWorldOf, FindsTheSlowestOfEach) {
  const auto found = answers_of_ranks<std::array<Seconds, 2>>(size(), [](World& world) {
    std::array<Seconds, 2> times{Seconds{world.rank() * 1.0}, Seconds{-world.rank() * 1.0}};
    world.slowest_of_each(times);
    world.slowest_of_each({});
    return times;
  });

  for (const auto& times : found) {
    EXPECT_EQ(times[0], Seconds{size() - 1.0});
    EXPECT_EQ(times[1], Seconds{0});
  }
}

TEST_P(TcpWorldOf, HasOneClockOnOneHost) {
  const auto offsets =
      answers_of_ranks<Seconds>(size(), [](World& world) { return world.clock_offset(); });

  EXPECT_EQ(offsets, every(Seconds{0}));
}

TEST_P(TcpWorldOf, LetsNobodyPastABarrierBeforeAllAreThere) {
  std::atomic<int> arrived = 0;
  const auto seen = answers_of_ranks<int>(size(), [&](World& world) {
    ++arrived;
    world.barrier();
    return arrived.load();
  });

  EXPECT_EQ(seen, every(size()));
}

TEST(TcpWorld, SaysHowLongJoiningTook) {
  const auto told = answers_of_ranks<std::pair<std::string, Seconds>>(
      2, [](World& world) { return std::pair(world.joined_by(), world.joined_in()); });

  for (const auto& [joined_by, joined_in] : told) {
    EXPECT_EQ(joined_by, "tcp");
    EXPECT_GT(joined_in, Seconds{0});
    EXPECT_LT(joined_in, long_enough);
  }
}

// What this rank is in its part: "rank/size of: ranks in the job".
std::string place_in(World* part) {
  if (part == nullptr) return "none";
  std::string members;
  for (int rank = 0; rank < part->size(); ++rank)
    members += std::to_string(part->rank_in_job(rank));
  std::string heard;
  for (const int rank : gather(*part, part->rank_in_job(part->rank())))
    heard += std::to_string(rank);
  return std::to_string(part->rank()) + " of " + members + (heard == members ? "" : "?");
}

TEST(TcpWorld, SplitsInOrderOfRanks) {
  const auto places = answers_of_ranks<std::string>(
      5, [](World& world) { return place_in(world.split(world.rank() % 2, 0).get()); });

  EXPECT_EQ(places, (Texts{"0 of 024", "0 of 13", "1 of 024", "1 of 13", "2 of 024"}));
}

TEST(TcpWorld, SplitsInOrderOfPlacesFirst) {
  const auto places = answers_of_ranks<std::string>(
      4, [](World& world) { return place_in(world.split(0, world.rank() == 3 ? -1 : 5).get()); });

  EXPECT_EQ(places, (Texts{"1 of 3012", "2 of 3012", "3 of 3012", "0 of 3012"}));
}

TEST(TcpWorld, LeavesOutWhoHasNoColour) {
  const auto places = answers_of_ranks<std::string>(
      3, [](World& world) { return place_in(world.split(world.rank() == 0 ? -1 : 7, 0).get()); });

  EXPECT_EQ(places, (Texts{"none", "0 of 12", "1 of 12"}));
}

TEST(TcpWorld, SplitsIntoRanksAlone) {
  const auto places = answers_of_ranks<std::string>(
      3, [](World& world) { return place_in(world.split(world.rank(), 0).get()); });

  EXPECT_EQ(places, (Texts{"0 of 0", "0 of 1", "0 of 2"}));
}

TEST(TcpWorld, SplitsParts) {
  const auto places = answers_of_ranks<std::string>(5, [](World& world) {
    const auto most = world.split(world.rank() == 0 ? 1 : 0, -world.rank());  // 4321
    const auto halves = most->split(most->rank() / 2, 0);
    return place_in(halves.get());
  });

  EXPECT_EQ(places, (Texts{"0 of 0", "1 of 21", "0 of 21", "1 of 43", "0 of 43"}));
}

TEST(TcpWorld, WorksInPartsAndAsAWhole) {
  const auto heard = answers_of_ranks<std::string>(4, [](World& world) {
    const auto part = world.split(world.rank() / 2, 0);
    const auto slowest = part->slowest({world.rank() * 1.0});
    world.barrier();
    const auto text = broadcast(*part, std::to_string(slowest.time.value), 1);
    return broadcast(world, text, 3);
  });

  EXPECT_EQ(heard, Texts(4, std::to_string(3.0)));
}

// Two ranks of different hosts, on one pair of sockets.
TEST(TcpClocks, AreComparedBetweenHosts) {
  std::array<int, 2> pair{};
  ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair.data()), 0);
  std::array<Seconds, 2> offsets{Seconds{1}, Seconds{1}};

  const auto thrown = in_threads(2, [&](int rank) {
    const auto at = static_cast<std::size_t>(rank);
    std::vector<Wire> wires;
    wires.emplace_back(Socket(pair.at(at)));
    const auto star = std::make_shared<Star>(
        rank, std::vector<RankSeat>{{0, "node01"}, {1, "node02"}}, std::move(wires));
    offsets.at(at) = make_world(star, {"test"}, {})->clock_offset();
  });

  EXPECT_EQ(thrown[0] + thrown[1], "");
  EXPECT_EQ(offsets[0], Seconds{0});
  EXPECT_NE(offsets[1], Seconds{0});  // of measured times
  EXPECT_NEAR(offsets[1].value, 0, 0.1);
}

}  // namespace
}  // namespace shortfall::tcp
