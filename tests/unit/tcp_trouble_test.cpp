// Ranks that are gone, late, out of step or alarmed, in a World over TCP.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <latch>
#include <mutex>

#include "backends/process.hpp"
#include "backends/tcp/world.hpp"
#include "core/error.hpp"
#include "tests/unit/tcp_ranks.hpp"

namespace shortfall::tcp {
namespace {

// What two or more ranks threw, with the time that it took.
struct Told {
  std::vector<std::string> of;
  Seconds took;
};

class TcpTrouble : public testing::Test {
 protected:
  static Told after_joining(int size, const std::function<void(std::unique_ptr<World>&)>& body) {
    const int port = free_port();
    std::vector<std::unique_ptr<World>> worlds(static_cast<std::size_t>(size));
    std::latch joined(size);
    Seconds start;
    Told told;
    told.of = in_threads(size, [&](int rank) {
      auto& world = worlds[static_cast<std::size_t>(rank)];
      world = join_by_tcp(rank_of_job(rank, size, port), long_enough);
      world->set_deadline({long_enough});
      if (rank == 0) start = steady_now();
      joined.arrive_and_wait();
      body(world);
    });
    told.took = steady_now() - start;
    return told;
  }
  static std::string rank_here(int rank) {
    return "rank " + std::to_string(rank) + " on " + name_of_host();
  }
};

TEST_F(TcpTrouble, NamesWhoDoesNotAnswerOnAllThatWait) {
  const Told told = after_joining(4, [](std::unique_ptr<World>& world) {
    world->set_deadline({short_patience});
    if (world->rank() < 2) world->barrier();
  });

  for (const int rank : {0, 1}) {
    const std::string& said = told.of[static_cast<std::size_t>(rank)];
    EXPECT_TRUE(says(said, "wait for all ranks: " + rank_here(2) + ", " + rank_here(3) +
                               " did not answer in 0.3 s"));
  }
  EXPECT_LT(told.took, Seconds{10});
}

TEST_F(TcpTrouble, NamesRank0WhereItDoesNotAnswer) {
  const Told told = after_joining(2, [](std::unique_ptr<World>& world) {
    world->set_deadline({short_patience});
    if (world->rank() == 1) world->vote({});
  });

  EXPECT_TRUE(says(told.of[1], "vote: " + rank_here(0) + " did not answer"));
}

TEST_F(TcpTrouble, NamesAtOnceWhoseConnectionWasClosed) {
  const Told told = after_joining(3, [](std::unique_ptr<World>& world) {
    if (world->rank() == 2) {
      world.reset();
    } else {
      world->barrier();
    }
  });

  for (const int rank : {0, 1}) {
    EXPECT_TRUE(says(told.of[static_cast<std::size_t>(rank)],
                     rank_here(2) + ": the connection was closed"));
  }
  EXPECT_LT(told.took, long_enough / 2);
}

TEST_F(TcpTrouble, NamesRank0AtOnceWhenItIsGone) {
  const Told told = after_joining(3, [](std::unique_ptr<World>& world) {
    if (world->rank() == 0) {
      world.reset();
    } else {
      world->barrier();
    }
  });

  for (const int rank : {1, 2}) {
    EXPECT_TRUE(says(told.of[static_cast<std::size_t>(rank)],
                     rank_here(0) + ": the connection was closed"));
  }
  EXPECT_LT(told.took, long_enough / 2);
}

TEST_F(TcpTrouble, KeepsWhatARankSaidBeforeItLeft) {
  std::vector<std::string> collected;
  const Told told = after_joining(2, [&](std::unique_ptr<World>& world) {
    auto texts = world->collect(std::string(3'000'000, 'x'));
    if (world->rank() == 0) collected = std::move(texts);
    world.reset();
  });

  EXPECT_EQ(told.of[0] + told.of[1], "");
  ASSERT_EQ(collected.size(), 2U);
  EXPECT_EQ(collected[1].size(), 3'000'000U);
}

TEST_F(TcpTrouble, NamesWhoIsOutOfStep) {
  const Told told = after_joining(3, [](std::unique_ptr<World>& world) {
    if (world->rank() == 1) {
      gather(*world, 1);
    } else {
      world->barrier();
    }
  });

  for (const std::string& said : told.of) EXPECT_TRUE(says(said, rank_here(1) + " is out of step"));
}

TEST_F(TcpTrouble, NamesWhoIsACallAhead) {
  const Told told = after_joining(2, [](std::unique_ptr<World>& world) {
    broadcast(*world, 1);
    if (world->rank() == 0) broadcast(*world, 1);
    world->barrier();
  });

  EXPECT_TRUE(says(told.of[0], rank_here(1) + " is out of step: it is at call "));
}

TEST_F(TcpTrouble, NamesWhoseShareHasAnotherSize) {
  const Told told = after_joining(2, [](std::unique_ptr<World>& world) {
    const std::vector<std::byte> mine(world->rank() == 0 ? 4 : 8);
    world->gather(mine);
  });

  EXPECT_TRUE(says(told.of[0], rank_here(1) + " is out of step: it told 8 bytes where 4 were due"));
}

TEST_F(TcpTrouble, NamesARankOfAPartByItsNumberInTheJob) {
  const Told told = after_joining(3, [](std::unique_ptr<World>& world) {
    const auto part = world->split(world->rank() == 0 ? 0 : 1, 0);
    part->set_deadline({short_patience});
    world->barrier();
    if (world->rank() == 1) part->barrier();
  });

  EXPECT_TRUE(says(told.of[1], rank_here(2)));
}

// What split() says first: this rank's colour and place, and that it listens at no port. Then it
// has yet to come to where its part meets.
void begin_split(World& world, int color) {
  gather(world, std::array<int, 2>{color, 0});
  gather(world, 0);
}

TEST_F(TcpTrouble, NamesAtOnceWhoIsGoneWhileItsPartMeets) {
  const Told told = after_joining(3, [](std::unique_ptr<World>& world) {
    if (world->rank() == 2) {
      begin_split(*world, 1);
      world.reset();
    } else {
      world->split(world->rank(), 0);
    }
  });

  for (const int rank : {0, 1}) {
    EXPECT_TRUE(says(told.of[static_cast<std::size_t>(rank)],
                     rank_here(2) + ": the connection was closed"));
  }
  EXPECT_LT(told.took, long_enough / 2);
}

bool hears_within(World& world, Seconds patience) {
  const Seconds end = steady_now() + patience;
  while (steady_now() < end) {
    if (world.hears_alarm()) return true;
    std::this_thread::yield();
  }
  return false;
}

class TcpAlarm : public TcpTrouble {};

TEST_F(TcpAlarm, IsHeardByAllUntilTheNextVote) {
  for (const int who : {0, 1, 2}) {
    std::latch heard(3);
    const Told told = after_joining(3, [&](std::unique_ptr<World>& world) {
      EXPECT_FALSE(world->hears_alarm());
      world->barrier();
      if (world->rank() == who) world->raise_alarm();
      EXPECT_TRUE(world->rank() == who || hears_within(*world, long_enough)) << world->rank();
      // Rank 0 passes on what it hears while it polls: it must do so until all have heard.
      heard.count_down();
      while (!heard.try_wait()) world->hears_alarm();
      world->vote({});
      EXPECT_FALSE(world->hears_alarm());
    });
    for (const std::string& thrown : told.of) EXPECT_EQ(thrown, "");
  }
}

TEST_F(TcpAlarm, IsPassedOnWhileRank0WaitsInACall) {
  const Told told = after_joining(3, [](std::unique_ptr<World>& world) {
    if (world->rank() == 1) world->raise_alarm();
    EXPECT_TRUE(world->rank() != 2 || hears_within(*world, long_enough));
    world->barrier();
  });

  for (const std::string& thrown : told.of) EXPECT_EQ(thrown, "");
}

TEST_F(TcpAlarm, IsPassedOnWhileRank0WaitsInAPart) {
  const Told told = after_joining(4, [](std::unique_ptr<World>& world) {
    const auto part = world->split(world->rank() % 2, 0);
    if (world->rank() == 1) part->raise_alarm();
    EXPECT_TRUE(world->rank() < 2 || hears_within(*part, long_enough));
    if (world->rank() % 2 == 0) part->barrier();
    world->vote({});
    EXPECT_FALSE(part->hears_alarm());
  });

  for (const std::string& thrown : told.of) EXPECT_EQ(thrown, "");
}

TEST_F(TcpAlarm, IsPassedOnWhilePartsMeetAndEndsTheMeetingOfThoseThatDoNotCome) {
  std::mutex guard;
  std::vector<int> forsaken;
  const Told told = after_joining(4, [&](std::unique_ptr<World>& world) {
    const int color = world->rank() % 2;
    if (world->rank() < 2) {
      try {
        world->split(color, 0);
      } catch (const Forsaken&) {
        const std::scoped_lock lock(guard);
        forsaken.push_back(world->rank());
      }
    } else {
      begin_split(*world, color);
      if (world->rank() == 3) world->raise_alarm();
      EXPECT_TRUE(world->rank() == 3 || hears_within(*world, long_enough));
      gather(*world, 0);  // whether this rank has its part
    }
    world->vote({});
    EXPECT_FALSE(world->hears_alarm());
    EXPECT_NE(world->split(0, 0), nullptr);  // of all
  });

  for (const std::string& thrown : told.of) EXPECT_EQ(thrown, "");
  std::ranges::sort(forsaken);
  EXPECT_EQ(forsaken, (std::vector<int>{0, 1}));
  EXPECT_LT(told.took, long_enough / 2);
}

TEST_F(TcpAlarm, OfAnotherPartDoesNotEndAMeetingToWhichAllCome) {
  const Told told = after_joining(3, [](std::unique_ptr<World>& world) {
    if (world->rank() == 2) world->raise_alarm();
    for (int i = 0; i < 20; ++i) EXPECT_NE(world->split(0, 0), nullptr);
  });

  for (const std::string& thrown : told.of) EXPECT_EQ(thrown, "");
}

TEST_F(TcpAlarm, OfAfterAVoteIsNotForgottenByIt) {
  const Told told = after_joining(3, [](std::unique_ptr<World>& world) {
    for (int round = 0; round < 50; ++round) {
      world->vote({});
      if (world->rank() == 1 + round % 2) {
        world->raise_alarm();
      } else {
        EXPECT_TRUE(hears_within(*world, long_enough)) << world->rank();
      }
      world->barrier();
    }
  });

  for (const std::string& thrown : told.of) EXPECT_EQ(thrown, "");
}

TEST_F(TcpAlarm, IsARankThatIsGone) {
  const Told told = after_joining(3, [](std::unique_ptr<World>& world) {
    if (world->rank() == 2) {
      world.reset();
    } else {
      EXPECT_TRUE(hears_within(*world, long_enough)) << world->rank();
    }
  });

  EXPECT_EQ(told.of[0] + told.of[1], "");
}

}  // namespace
}  // namespace shortfall::tcp
