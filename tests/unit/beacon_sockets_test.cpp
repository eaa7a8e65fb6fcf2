// Beacons that really connect, over the loopback; the time they act upon is made up where it
// matters.
#include <gtest/gtest.h>
#include <poll.h>
#include <unistd.h>

#include <chrono>
#include <thread>

#include "backends/beacon.hpp"
#include "backends/beacon/client.hpp"
#include "backends/beacon/server.hpp"

namespace shortfall::beacon {
namespace {

using tcp::IoProgress;

// Until it holds, or so long that the test has failed.
bool comes_true(const std::function<bool()>& condition) {
  for (int i = 0; i < 10000; ++i) {
    if (condition()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return false;
}

// Jobs of tests that run at the same time must not be taken for one another.
Launched job_of(int rank, int size, const std::string& name = "test") {
  return {"mpirun", rank, size, rank, size, name + std::to_string(getpid()), "127.0.0.1"};
}

class BeaconServer : public testing::Test {
 protected:
  Launched first_ = job_of(0, 3);
  Ledger ledger_{3, {0}};
  Server server_{first_, "this-host", ledger_};

  Client client(int rank) { return {first_.job, rank, targets_of(first_)}; }
  bool meet(Client& client) {
    return comes_true([&] {
      client.attend({0});
      server_.attend({0});
      return client.is_connected();
    });
  }
  bool attended_until(const std::function<bool(const Sighting&)>& condition) {
    return comes_true([&] {
      server_.attend({1});
      return condition(ledger_.sightings({1})[1]);
    });
  }
  Socket stranger() const {
    const auto target = targets_in(server_.address()).at(0);
    Socket socket = begin_connect(find(target).at(0));
    comes_true([&] { return connect_progress(socket) == IoProgress::done; });
    return socket;
  }
  // Whether the server has ended the connection at this time.
  bool drops(const Socket& socket, Seconds time) {
    server_.attend(time);
    server_.attend(time);
    return comes_true([&] {
      server_.attend(time);
      return !receive(socket);
    });
  }
  bool keeps(const Socket& socket, Seconds time) {
    for (int i = 0; i < 5; ++i) server_.attend(time);
    return receive(socket).has_value();
  }
};

TEST_F(BeaconServer, HearsTheWordsOfARank) {
  Client one = client(1);
  ASSERT_TRUE(meet(one));

  one.send(line_of({1, "node07", Phase::check, "gemm/m=64", {2}}));

  EXPECT_TRUE(attended_until([](const Sighting& s) { return s.phase == Phase::check; }));
  EXPECT_EQ(ledger_.sightings({1})[1].what, "gemm/m=64");
}

TEST_F(BeaconServer, NotesThatAConnectionHasEnded) {
  {
    Client one = client(1);
    ASSERT_TRUE(meet(one));
  }

  const bool is_noted = attended_until([](const Sighting& s) { return s.is_silent; });

  EXPECT_TRUE(is_noted);
}

TEST_F(BeaconServer, BelievesTheNewestConnectionOfARank) {
  Client one = client(1), again = client(1);
  ASSERT_TRUE(meet(one));
  ASSERT_TRUE(meet(again));

  again.send(line_of({1, "node07", Phase::vote, "", {0}}));

  EXPECT_TRUE(attended_until([](const Sighting& s) { return s.phase == Phase::vote; }));
  EXPECT_FALSE(ledger_.sightings({1})[1].is_silent);
}

TEST_F(BeaconServer, DropsARankThatSpeaksForAnother) {
  Client two = client(2);
  ASSERT_TRUE(meet(two));

  two.send(line_of({1, "node07", Phase::vote, "", {0}}));

  EXPECT_TRUE(comes_true([&] {
    server_.attend({1});
    return ledger_.sightings({1})[2].is_silent;
  }));
  EXPECT_EQ(ledger_.sightings({1})[1].phase, Phase::start);
}

TEST_F(BeaconServer, DropsStrangersThatSayAnythingElse) {
  const Socket socket = stranger();
  std::string text = "GET / HTTP/1.1\r\n";

  send_some(socket, text);

  EXPECT_TRUE(drops(socket, {0}));
}

TEST_F(BeaconServer, DropsStrangersWhoseLineHasNoEnd) {
  const Socket socket = stranger();
  std::string text(2000, 'x');

  send_some(socket, text);

  EXPECT_TRUE(drops(socket, {0}));
}

TEST_F(BeaconServer, DropsStrangersThatSayNothingFor2Seconds) {
  const Socket socket = stranger();
  ASSERT_TRUE(keeps(socket, {1.9}));

  EXPECT_TRUE(drops(socket, {4}));
}

TEST_F(BeaconServer, KeepsNoMoreThan16StrangersBesideTheJob) {
  std::vector<Socket> strangers;
  for (int i = 0; i < 3 + 16; ++i) strangers.push_back(stranger());
  server_.attend({0});

  const Socket one_more = stranger();

  EXPECT_TRUE(drops(one_more, {0}));
  EXPECT_TRUE(keeps(strangers.front(), {0}));
}

TEST_F(BeaconServer, TakesAnotherPortWhereItsFirstIsTaken) {
  Ledger ledger(3, {0});

  const Server second(first_, "this-host", ledger);

  EXPECT_NE(second.address(), "");
  EXPECT_NE(second.address(), server_.address());
}

TEST_F(BeaconServer, IsFoundBehindAnotherJobOnItsPorts) {
  Launched other = first_;
  other.job = "another";
  const int port = targets_in(server_.address()).at(0).port;
  Server theirs(job_of(0, 2, "theirs"), "this-host", ledger_);
  Client one(first_.job, 1, {targets_in(theirs.address()).at(0), {"127.0.0.1", port}});

  const bool is_found = comes_true([&] {
    one.attend({0});
    theirs.attend({0});
    server_.attend({0});
    return one.is_connected();
  });

  EXPECT_TRUE(is_found);
}

TEST_F(BeaconServer, IsFoundAgainAfterItWasAway) {
  auto first = std::make_unique<Server>(job_of(0, 3, "away"), "this-host", ledger_);
  Client one(job_of(0, 3, "away").job, 1, targets_of(job_of(1, 3, "away")));
  ASSERT_TRUE(comes_true([&] {
    one.attend({0});
    first->attend({0});
    return one.is_connected();
  }));
  first.reset();
  ASSERT_TRUE(comes_true([&] {
    one.attend({0});
    return !one.is_connected();
  }));
  Server second(job_of(0, 3, "away"), "this-host", ledger_);

  double time = 0;
  const bool is_found = comes_true([&] {
    one.attend({time += 1});
    second.attend({time});
    return one.is_connected();
  });

  EXPECT_TRUE(is_found);
}

TEST(BeaconClient, PausesLongerAndLongerBetweenItsRounds) {
  Client client("job", 1, {{"127.0.0.1", 1}});  // where nobody listens
  const auto next_round = [&](Seconds time) {
    comes_true([&] {
      client.attend(time);
      return client.wish(time).descriptor < 0;
    });
    return client.wish(time).at - time;
  };

  const Seconds first = next_round({0}), second = next_round({10});
  for (int i = 2; i < 9; ++i) next_round({i * 10.0});
  const Seconds last = next_round({100});

  EXPECT_NEAR(first.value, 0.1, 1e-9);
  EXPECT_NEAR(second.value, 0.2, 1e-9);
  EXPECT_NEAR(last.value, 1, 1e-9);
}

TEST(BeaconTargets, AreReadFromNamesAndAddresses) {
  const auto named = targets_in("node07:20007");
  const auto numbered = targets_in("[fd00::2]:80");

  ASSERT_EQ(named.size(), 1U);
  EXPECT_EQ(named[0].host, "node07");
  EXPECT_EQ(named[0].port, 20007);
  ASSERT_EQ(numbered.size(), 1U);
  EXPECT_EQ(numbered[0].host, "fd00::2");
}

TEST(BeaconTargets, AreNoneInAnythingElse) {
  for (const char* text : {"", "node07", ":80", "node07:", "node07:0", "node07:70000"}) {
    EXPECT_TRUE(targets_in(text).empty()) << text;
  }
}

TEST(Beacon, OpensNoSocketForOneRank) {
  const auto alone = open_beacon(job_of(0, 1)), by_hand = open_beacon(std::nullopt);

  EXPECT_EQ(alone->address(), "");
  EXPECT_EQ(by_hand->address(), "");
}

TEST(Beacon, SeesItselfAlone) {
  const auto beacon = open_beacon(std::nullopt);
  beacon->enter(Phase::run);
  beacon->describe("gemm/m=64");

  const auto sightings = beacon->sightings();

  ASSERT_EQ(sightings.size(), 1U);
  EXPECT_EQ(sightings[0].phase, Phase::run);
  EXPECT_EQ(sightings[0].what, "gemm/m=64");
  EXPECT_FALSE(sightings[0].is_silent);
}

TEST(Beacon, OfRank0SeesWhatTheOthersEnter) {
  const auto first = open_beacon(job_of(0, 2));
  const auto second = open_beacon(job_of(1, 2));

  second->describe("all_reduce/bytes=8");
  second->enter(Phase::run);

  EXPECT_TRUE(comes_true([&] { return first->sightings()[1].phase == Phase::run; }));
  EXPECT_EQ(first->sightings()[1].what, "all_reduce/bytes=8");
}

TEST(Beacon, OfRank0KnowsWhoLeftInOrder) {
  const auto first = open_beacon(job_of(0, 2));
  auto second = open_beacon(job_of(1, 2));
  ASSERT_TRUE(comes_true([&] { return !first->sightings()[1].host.empty(); }));

  second->enter(Phase::end);
  second.reset();

  EXPECT_TRUE(comes_true([&] { return first->sightings()[1].phase == Phase::end; }));
}

TEST(Beacon, IsToldWhereRank0IsWhenTheLauncherDoesNotSay) {
  Launched unnamed = job_of(1, 2);
  unnamed.first = "";
  const auto first = open_beacon(job_of(0, 2));
  const auto second = open_beacon(unnamed);

  second->connect(first->address());

  EXPECT_TRUE(comes_true([&] { return !first->sightings()[1].host.empty(); }));
}

}  // namespace
}  // namespace shortfall::beacon
