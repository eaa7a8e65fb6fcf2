// Waiting for a device: what ends it, and who is told.
#include <gtest/gtest.h>

#include "harness/in_step.hpp"
#include "tests/unit/fakes.hpp"

namespace shortfall {
namespace {

// Not done until it is aborted.
struct EndlessStream final : Stream {
  void reserve_stamps(std::size_t) override {}
  Stamp stamp() override { return {0}; }
  bool done() override { return is_done; }
  Seconds elapsed(Stamp, Stamp) override { return {}; }
  Seconds at(Stamp) override { return {}; }
  void abandon_graphs() noexcept override { has_graphs = false; }
  bool is_done = false, has_graphs = true;
};

struct Breakable final : Communicator {
  explicit Breakable(EndlessStream& stream_) : stream(stream_) {}
  std::string name() const override { return "breakable"; }
  bool accepts(MemoryKind) const override { return true; }
  Preparation prepare(const Operation&, Operands&) override { return Unsupported{"nothing"}; }
  void synchronize() override {}
  void poll() override {
    if (is_forsaken) throw Forsaken("wait", "another rank has failed");
    if (!fault.empty()) throw Error("wait", fault);
  }
  FaultOf hung(Seconds) const override { return {culprit, "wait", "nothing"}; }
  std::string abort() noexcept override {
    ++aborts;
    has_waited_for_graphs |= stream.has_graphs;
    stream.is_done = can_abort;
    return can_abort ? "" : "it refuses";
  }
  bool survives_abort() const override { return survives; }

  EndlessStream& stream;
  std::string fault;
  bool has_waited_for_graphs = false;
  bool is_forsaken = false, can_abort = true, survives = true;
  int culprit = -1, aborts = 0;
};

struct Waiting : testing::Test {
  EndlessStream stream;
  Breakable ranks{stream};
  static constexpr Seconds moment{0.02};
};

TEST_F(Waiting, EndsAtOnceWhereAllIsDone) {
  stream.is_done = true;
  wait(stream, &ranks, moment);
  EXPECT_EQ(ranks.aborts, 0);
}

TEST_F(Waiting, LosesTheJobWhereNobodyCanGiveUp) {
  EXPECT_THROW(wait(stream, nullptr, moment), Lost);
  ranks.survives = false;
  EXPECT_THROW(wait(stream, &ranks, moment), Lost);
}

TEST_F(Waiting, GivesUpAndNamesTheCulprit) {
  ranks.culprit = 3;
  try {
    wait(stream, &ranks, moment);
    FAIL();
  } catch (const FaultOf& fault) {
    EXPECT_EQ(fault.rank(), 3);
  }
  EXPECT_EQ(ranks.aborts, 1);
}

TEST_F(Waiting, LetsGoOfGraphsBeforeItAborts) {
  EXPECT_THROW(wait(stream, &ranks, moment), FaultOf);
  EXPECT_FALSE(ranks.has_waited_for_graphs);
}

TEST_F(Waiting, EndsByWhatGoesWrongMeanwhile) {
  ranks.fault = "a link is down";
  EXPECT_THROW(wait(stream, &ranks, {10}), Error);
  EXPECT_EQ(ranks.aborts, 1);
}

TEST_F(Waiting, EndsWhenAnotherRankHasFailed) {
  ranks.is_forsaken = true;
  EXPECT_THROW(wait(stream, &ranks, {10}), Forsaken);
  EXPECT_EQ(ranks.aborts, 1);
}

TEST_F(Waiting, IsStuckWhereNothingEndsIt) {
  ranks.can_abort = false;
  try {
    wait(stream, &ranks, moment);
    FAIL();
  } catch (const Stuck& stuck) {
    EXPECT_NE(std::string(stuck.what()).find("it refuses"), std::string::npos) << stuck.what();
  }
}

// Memory of a device that notes whether it was freed before anybody was told that this will not
// end.
struct MemoryOfStuck {
  const fake::SilentWatcher& watcher;
  bool& is_freed_first;
  ~MemoryOfStuck() { is_freed_first = watcher.stuck < 0; }
};

TEST(StuckDevice, IsToldBeforeWhatLiesOnItIsFreed) {
  fake::Job(1).run([](World& world) {
    fake::SilentWatcher watcher;
    bool is_freed_first = true;
    try {
      const MemoryOfStuck memory{watcher, is_freed_first};
      InStep{world, watcher}(Phase::run, [] { throw Stuck("give up", "it goes on"); });
      ADD_FAILURE();
    } catch (const Stopped&) {
      EXPECT_EQ(watcher.stuck, 0);
      EXPECT_FALSE(is_freed_first);
    }
  });
}

// What each rank throws in a phase; who is blamed in the end, and for what.
Ballot ballot_of(const std::vector<std::function<void()>>& ranks) {
  Ballot ballot;
  fake::Job(static_cast<int>(ranks.size())).run([&](World& world) {
    fake::SilentWatcher watcher;
    const InStep in_step{world, watcher};
    try {
      in_step(Phase::run, ranks[static_cast<std::size_t>(world.rank())]);
    } catch (const Stopped& stopped) {
      if (world.rank() == 0) ballot = stopped.ballot;
    }
  });
  return ballot;
}

void follows() { throw Forsaken("wait", "another rank has failed"); }

TEST(Blame, GoesToWhoeverFailedRatherThanToThoseThatFollowed) {
  const Ballot ballot =
      ballot_of({follows, follows, [] { throw Error("send", "a link is down"); }});

  EXPECT_EQ(ballot.rank, 2);
  EXPECT_EQ(ballot.vote.kind, Vote::Kind::fail);
}

TEST(Blame, GoesToTheRankThatAnotherOneNames) {
  const Ballot ballot = ballot_of({[] { throw FaultOf(2, "wait", "nothing"); }, follows, follows});

  EXPECT_EQ(ballot.rank, 2);
}

TEST(Blame, GoesToWhoeverIsStuckBeforeAllOthers) {
  const Ballot ballot = ballot_of(
      {[] { throw FaultOf(0, "wait", "nothing"); }, [] { throw Stuck("give up", "it goes on"); }});

  EXPECT_EQ(ballot.rank, 1);
  EXPECT_EQ(ballot.vote.kind, Vote::Kind::stuck);
}

}  // namespace
}  // namespace shortfall
