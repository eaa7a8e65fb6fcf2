// How ranks find each other by TCP, and what comes of wrong starts, strangers and taken ports.
#include <gtest/gtest.h>

#include <chrono>
#include <cstring>

#include "backends/process.hpp"
#include "backends/tcp/hello.hpp"
#include "backends/tcp/wire.hpp"
#include "core/error.hpp"
#include "tests/unit/tcp_ranks.hpp"

namespace shortfall::tcp {
namespace {

class TcpMeeting : public testing::Test {
 protected:
  int port() const { return port_; }
  Launched rank_of(int rank, int size) const { return rank_of_job(rank, size, port_); }

  // What each threw that joined as told; all leave together.
  std::vector<std::string> join_all(const std::vector<Launched>& starts, Seconds patience) {
    std::vector<std::unique_ptr<World>> worlds(starts.size());
    return in_threads(static_cast<int>(starts.size()), [&](int i) {
      const auto at = static_cast<std::size_t>(i);
      worlds[at] = join_by_tcp(starts[at], patience);
      worlds[at]->barrier();
    });
  }

  Hello hello_of(int rank, int size, int version = protocol) const {
    return {"test:" + std::to_string(port_), rank, size, "node07", version};
  }

  // A connection to rank 0, once it listens.
  Wire stranger() const {
    while (true) {
      Socket socket = begin_connect(find({"127.0.0.1", port_}).at(0));
      pollfd polled{socket.descriptor(), POLLOUT, 0};
      poll(&polled, 1, 1000);
      if (connect_progress(socket) == IoProgress::done) return Wire(std::move(socket));
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
  }
  // The answer, or the end of the connection, in words.
  static std::string answer_to(Wire& wire) {
    while (true) {
      wire.attend();
      if (const auto frame = wire.take()) return frame->bytes;
      if (!wire.end().empty()) return wire.end();
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
  }
  // `visit` comes while rank 0 waits for rank 1, which comes afterwards, or not at all.
  std::vector<std::string> join_after(const std::function<void()>& visit, bool comes = true) {
    std::vector<std::unique_ptr<World>> worlds(2);
    return in_threads(2, [&](int rank) {
      if (rank == 1) visit();
      if (rank == 1 && !comes) return;
      auto& world = worlds[static_cast<std::size_t>(rank)];
      world = join_by_tcp(rank_of(rank, 2), comes ? long_enough : short_patience);
      world->barrier();
    });
  }

 private:
  int port_ = free_port();
};

TEST_F(TcpMeeting, TakesOneRankWithoutASocket) {
  const auto world = join_by_tcp(rank_of(0, 1), short_patience);

  EXPECT_EQ(world->size(), 1);
}

TEST_F(TcpMeeting, NamesRanksThatDoNotComeOnAllThatDid) {
  const auto thrown = join_all({rank_of(0, 4), rank_of(2, 4)}, short_patience);

  EXPECT_TRUE(says(thrown[0], "join 4 ranks", "rank 1, rank 3 did not come", "port"));
  EXPECT_TRUE(says(thrown[1], "rank 1, rank 3 did not come"));
}

TEST_F(TcpMeeting, SaysThatRank0WasNotFound) {
  const auto thrown = join_all({rank_of(1, 2)}, short_patience);

  EXPECT_TRUE(says(thrown[0], "rank 1 on", "not found at 127.0.0.1, port", "no connection"));
}

TEST_F(TcpMeeting, SaysThatANameIsUnknown) {
  Launched job = rank_of(1, 2);
  job.master = "no such host";

  const auto thrown = join_all({job}, short_patience);

  EXPECT_TRUE(says(thrown[0], "not known here"));
}

TEST_F(TcpMeeting, WaitsForARank0ThatComesLater) {
  const auto thrown = in_threads(2, [&](int rank) {
    if (rank == 0) std::this_thread::sleep_for(std::chrono::milliseconds(200));
    join_by_tcp(rank_of(rank, 2), long_enough)->barrier();
  });

  EXPECT_EQ(thrown[0] + thrown[1], "");
}

TEST_F(TcpMeeting, RefusesAnotherSize) {
  const auto thrown = join_all({rank_of(0, 2), rank_of(1, 3)}, long_enough);

  EXPECT_TRUE(says(thrown[0], "rank 1 on", "WORLD_SIZE=3", "rank 0 on", "WORLD_SIZE=2"));
  EXPECT_EQ(thrown[1], thrown[0]);
}

TEST_F(TcpMeeting, RefusesTwoOfOneNumberAndTellsThoseThatAreThere) {
  const auto thrown = join_all({rank_of(0, 4), rank_of(1, 4), rank_of(1, 4), rank_of(2, 4)}, {1.5});

  EXPECT_TRUE(says(thrown[0], "two processes were started as rank 1"));
  EXPECT_TRUE(says(thrown[1] + thrown[2], thrown[0]));
}

TEST_F(TcpMeeting, RefusesASecondRank0) {
  const auto thrown = join_all({rank_of(0, 2), rank_of(0, 2)}, long_enough);

  EXPECT_TRUE(says(thrown[0], "two processes were started as rank 0"));
  EXPECT_EQ(thrown[1], thrown[0]);
}

TEST_F(TcpMeeting, RefusesAnotherVersionOfTheProtocol) {
  std::string answer;
  const auto thrown = join_after(
      [&] {
        Wire wire = stranger();
        wire.send({.kind = FrameKind::hello, .bytes = text_of(hello_of(1, 2, protocol + 1))});
        answer = answer_to(wire);
      },
      false);

  EXPECT_TRUE(says(thrown[0], "rank 1 on node07 speaks version 3", "version 2"));
  EXPECT_EQ(answer, thrown[0]);
}

TEST_F(TcpMeeting, TurnsAwayWhoSpeaksAnotherLanguage) {
  std::string answer;
  const auto thrown = join_after([&] {
    Wire wire = stranger();
    std::string text = "GET / HTTP/1.1\r\n\r\n";
    send_some(wire.socket(), text);
    answer = answer_to(wire);
  });

  EXPECT_EQ(thrown[0] + thrown[1], "");
  EXPECT_NE(answer, "");
}

TEST_F(TcpMeeting, TurnsAwayWhoSaysNoHello) {
  std::string answer;
  const auto thrown = join_after([&] {
    Wire wire = stranger();
    wire.send({.kind = FrameKind::hello, .bytes = "hello"});
    answer = answer_to(wire);
  });

  EXPECT_EQ(thrown[0] + thrown[1], "");
  EXPECT_EQ(answer, "it said no hello");
}

TEST_F(TcpMeeting, IsNotHeldUpByWhoSaysNothing) {
  std::vector<Wire> silent;
  const auto thrown = join_after([&] {
    for (int i = 0; i < 20; ++i) silent.push_back(stranger());
  });

  EXPECT_EQ(thrown[0] + thrown[1], "");
}

TEST_F(TcpMeeting, TellsOfStrangersWhenARankIsMissing) {
  const auto thrown = join_after(
      [&] {
        Wire wire = stranger();
        wire.send({.kind = FrameKind::barrier});
        answer_to(wire);
      },
      false);

  EXPECT_TRUE(says(thrown[0], "rank 1 did not come", "1 connection turned away", "127.0.0.1"));
}

TEST_F(TcpMeeting, TakesARankAgainThatDidNotHearItsWelcome) {
  std::string answer;
  const auto thrown = join_after([&] {
    Wire wire = stranger();
    wire.send({.kind = FrameKind::hello, .bytes = text_of(hello_of(1, 2))});
    answer = answer_to(wire);
  });

  EXPECT_EQ(thrown[0] + thrown[1], "");
  EXPECT_EQ(answer, name_of_host());
}

TEST_F(TcpMeeting, TurnsAwayWhoSaysMoreThanAHelloCanHold) {
  for (const std::uint64_t length : {std::uint64_t{5000}, std::uint64_t{1} << 30}) {
    std::string answer;
    const auto thrown = join_after([&] {
      Wire wire = stranger();
      std::string text = encoded({.kind = FrameKind::hello, .bytes = "x"});
      std::memcpy(text.data() + text.size() - 1 - sizeof length, &length, sizeof length);
      send_some(wire.socket(), text);  // and the rest never
      answer = answer_to(wire);
    });

    EXPECT_EQ(thrown[0] + thrown[1], "");
    EXPECT_EQ(answer, "the connection was closed");  // before its rest was waited for
  }
}

TEST_F(TcpMeeting, NamesARankThatLeavesWhileOthersAreWaitedFor) {
  const auto thrown = in_threads(2, [&](int i) {
    if (i == 0) {
      join_by_tcp(rank_of(0, 3), long_enough);
      return;
    }
    Wire wire = stranger();
    wire.send({.kind = FrameKind::hello, .bytes = text_of(hello_of(1, 3))});
    answer_to(wire);
    wire.send({.kind = FrameKind::here});
  });

  EXPECT_TRUE(says(thrown[0], "rank 1 on node07: the connection was closed"));
}

TEST_F(TcpMeeting, TakesTheNextPortWhereItsFirstIsTaken) {
  const Socket taken = listen_on(port(), true);  // and never answers
  ASSERT_TRUE(taken);

  const auto thrown = join_all({rank_of(0, 2), rank_of(1, 2)}, long_enough);

  EXPECT_EQ(thrown[0] + thrown[1], "");
}

TEST_F(TcpMeeting, KeepsTwoJobsOnTheSamePortsApart) {
  Launched other = rank_of(0, 2), another = rank_of(1, 2);
  other.job = another.job = "another";

  const auto thrown = join_all({rank_of(0, 2), other, another, rank_of(1, 2)}, long_enough);

  for (const std::string& what : thrown) EXPECT_EQ(what, "");
}

TEST_F(TcpMeeting, SaysThatAllPortsAreTaken) {
  std::vector<Socket> taken;
  for (int i = 0; i <= 16; ++i) taken.push_back(listen_on(port() + i, true));

  const auto thrown = join_all({rank_of(0, 2)}, short_patience);

  EXPECT_TRUE(says(thrown[0], "MASTER_PORT=" + std::to_string(port()), "taken"));
}

TEST_F(TcpMeeting, ListensToAllInterfacesWhereThereMayBeOtherHosts) {
  Launched first = rank_of(0, 2), second = rank_of(1, 2);
  for (Launched* job : {&first, &second}) {
    job->local_size = 0;
    job->master = "localhost";
  }

  const auto thrown = join_all({first, second}, long_enough);

  EXPECT_EQ(thrown[0] + thrown[1], "");
}

}  // namespace
}  // namespace shortfall::tcp
