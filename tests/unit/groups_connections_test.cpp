// Communicators of groups that break: made anew once, and not asked for twice where they refuse.
#include <gtest/gtest.h>

#include "harness/groups.hpp"
#include "tests/unit/fakes.hpp"

namespace shortfall {
namespace {

struct Counting final : Communicator {
  explicit Counting(bool survives_) : survives(survives_) {}
  std::string name() const override { return "counting"; }
  bool accepts(MemoryKind) const override { return true; }
  Preparation prepare(const Operation&, Operands&) override { return Unsupported{"nothing"}; }
  void synchronize() override {}
  std::string abort() noexcept override { return {}; }
  bool survives_abort() const override { return survives; }
  bool survives;
};

// How often a communicator is opened for 'world' when it is given up in between.
int openings(bool survives) {
  std::atomic<int> opened = 0;
  fake::Job(2).run([&](World& job) {
    Groups groups(job, [&](World&) {
      ++opened;
      return std::make_unique<Counting>(survives);
    });
    groups.at("world");
    groups.give_up_connections();
    EXPECT_NE(groups.at("world").communicator, nullptr);
    EXPECT_EQ(groups.connected_by(Carrier::communicator), "counting");
    EXPECT_EQ(groups.connections().size(), 1U);
  });
  return opened;
}

TEST(ConnectionsOfGroups, AreMadeAnewOnceTheyWereGivenUp) { EXPECT_EQ(openings(true), 4); }

TEST(ConnectionsOfGroups, ThatCannotBeGivenUpAreKept) { EXPECT_EQ(openings(false), 2); }

TEST(ConnectionsOfGroups, ThatWereRefusedAreNotTriedAgain) {
  std::atomic<int> tried = 0;
  fake::Job(2).run([&](World& job) {
    Groups groups(job, [&](World&) -> std::unique_ptr<Communicator> {
      ++tried;
      throw Error("connect", "no");
    });
    EXPECT_THROW(groups.at("world"), Error);
    try {
      groups.at("world");
      ADD_FAILURE();
    } catch (const Error& again) {
      EXPECT_NE(std::string(again.what()).find("failed before: connect: no"), std::string::npos)
          << again.what();
    }
  });
  EXPECT_EQ(tried, 2);
}

TEST(ConnectionsOfGroups, ThatOneRankRefusesAreRefusedByAll) {
  fake::Job(3).run([&](World& job) {
    Groups groups(job, [&](World& group) -> std::unique_ptr<Communicator> {
      if (group.rank() == 1) throw Error("connect", "no");
      if (group.rank() == 2) throw Forsaken("connect", "another rank has failed");
      return std::make_unique<Counting>(true);
    });
    for (int time = 0; time < 2; ++time) {
      try {
        groups.at("world");
        ADD_FAILURE();
      } catch (const Error& refusal) {
        EXPECT_NE(std::string(refusal.what()).find("connect: no"), std::string::npos)
            << refusal.what();
      }
    }
  });
}

}  // namespace
}  // namespace shortfall
