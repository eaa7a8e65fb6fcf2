// What NCCL and its variables say, read without NCCL.
#include <gtest/gtest.h>

#include <map>
#include <numeric>

#include "backends/nccl/environment.hpp"
#include "backends/nccl/library.hpp"
#include "backends/nccl/ras.hpp"

namespace shortfall::nccl {
namespace {

using Ranks = std::vector<int>;

constexpr std::uint64_t mark = 0x5a;

// By a communicator of so many ranks, whose processes have numbers from 100 on.
Asking asking(std::size_t ranks = 8, std::optional<std::uint64_t> communicator = mark) {
  Asking who{communicator, Ranks(ranks)};
  std::iota(who.processes.begin(), who.processes.end(), 100);
  return who;
}

Environment with(std::map<std::string, std::string> variables) {
  return [variables = std::move(variables)](const char* name) -> const char* {
    const auto found = variables.find(name);
    return found == variables.end() ? nullptr : found->second.c_str();
  };
}

TEST(Ras, NamesNobodyWhereAllHaveLaunchedAsMuch) {
  EXPECT_EQ(stragglers_in("", asking()), Ranks());
  EXPECT_EQ(
      stragglers_in("Communicators... (0.00s)\nGroup Comms Nodes Ranks\n    0     1     2     8\n",
                    asking()),
      Ranks());
}

TEST(Ras, NamesWhoeverHasLaunchedLessTheFurthestBehindFirst) {
  const std::string answer =
      "#0-0 (5a) MISMATCH\n"
      "  Communicator ranks have different AllReduce operation counts\n"
      "  4 ranks have launched up to operation 1042\n"
      "  2 ranks have launched up to operation 1041\n"
      "  Rank 5 -- GPU 1 managed by process 7 on node b\n"
      "  Rank 6 -- GPU 2 managed by process 8 on node b\n"
      "  Rank 2 has launched up to operation 1040 -- GPU 2 managed by process 9 on node a\n"
      "  Rank 3 has not launched any operations -- GPU 3 managed by process 9 on node a\n";

  EXPECT_EQ(stragglers_in(answer, asking()), (Ranks{3, 2, 5, 6}));
}

TEST(Ras, OfTwoRanksEachHasALineOfItsOwn) {
  const std::string answer =
      "#0-0 (5a) MISMATCH\n"
      "  Communicator ranks have different AllReduce operation counts\n"
      "  Rank 0 has launched up to operation 6 -- GPU 0 managed by process 1 on node a\n"
      "  Rank 1 has launched up to operation 5 -- GPU 1 managed by process 2 on node a\n";

  EXPECT_EQ(stragglers_in(answer, asking()), (Ranks{1}));
}

TEST(Ras, WhoeverIsAheadIsNotBehind) {
  const std::string answer =
      "#0-0 (5a) MISMATCH\n"
      "  3 ranks have launched up to operation 7\n"
      "  Rank 2 has launched up to operation 8 -- GPU 2 managed by process 1 on node a\n";

  EXPECT_EQ(stragglers_in(answer, asking()), Ranks());
}

TEST(Ras, NamesRanksOfWhichNothingIsKnown) {
  const std::string answer =
      "#0-0 (5a) INCOMPLETE\n"
      "  Missing communicator data from 2 ranks\n"
      "  Rank 4 -- GPU 0 managed by process 9 on node b\n"
      "  Rank 6 -- [process information not found]\n";

  EXPECT_EQ(stragglers_in(answer, asking()), (Ranks{4, 6}));
}

// Of two communicators, the one that asks is the second.
const char* const of_two =
    "#0-0 (77) MISMATCH\n"
    "  Communicator ranks have different AllReduce operation counts\n"
    "  Rank 0 has not launched any operations -- GPU 0 managed by process 200 on node a\n"
    "  Rank 1 has launched up to operation 900 -- GPU 1 managed by process 101 on node a\n"
    "\n"
    "#0-1 (5a) MISMATCH\n"
    "  Communicator ranks have different AllReduce operation counts\n"
    "  Rank 0 has launched up to operation 6 -- GPU 2 managed by process 100 on node b\n"
    "  Rank 1 has launched up to operation 5 -- GPU 3 managed by process 101 on node b\n";

TEST(Ras, TellsCommunicatorsApartByTheirMarks) {
  EXPECT_EQ(stragglers_in(of_two, asking(2)), Ranks{1});
  EXPECT_EQ(stragglers_in(of_two, asking(2, 0x77)), Ranks{0});
  EXPECT_EQ(stragglers_in(of_two, asking(2, 0x99)), Ranks());
}

TEST(Ras, WithoutAMarkTakesOnlyRanksWhoseProcessesAreKnown) {
  EXPECT_EQ(stragglers_in(of_two, asking(2, std::nullopt)), Ranks{1});
  EXPECT_EQ(stragglers_in("#0-0 (5a) INCOMPLETE\n  Missing communicator data from 1 rank\n"
                          "  Rank 1 -- [process information not found]\n",
                          asking(2, std::nullopt)),
            Ranks());
}

TEST(Ras, CountsOfOneKindOfOperationAreNoMeasureOfAnother) {
  const std::string answer =
      "#0-0 (5a) MISMATCH\n"
      "  Communicator ranks have different Broadcast operation counts\n"
      "  Rank 0 has launched up to operation 900 -- GPU 0 managed by process 100 on node a\n"
      "  Rank 1 has launched up to operation 899 -- GPU 1 managed by process 101 on node a\n"
      "\n"
      "  Communicator ranks have different AllReduce operation counts\n"
      "  Rank 0 has launched up to operation 6 -- GPU 0 managed by process 100 on node a\n"
      "  Rank 1 has launched up to operation 7 -- GPU 1 managed by process 101 on node a\n"
      "  Rank 2 has launched up to operation 4 -- GPU 2 managed by process 102 on node a\n";

  EXPECT_EQ(stragglers_in(answer, asking()), (Ranks{2, 1, 0}));
}

TEST(Ras, AnAddressThatIsNoneIsToldAsItWasSet) {
  const RasAnswer answer = ask_ras("nowhere", {0.1});

  EXPECT_FALSE(answer.is_answered);
  EXPECT_EQ(answer.text, "NCCL_RAS_ADDR=nowhere is no HOST:PORT");
}

TEST(Interfaces, AreTakenByTheStartsOfTheirNames) {
  EXPECT_TRUE(is_taken("eth", "eth0"));
  EXPECT_TRUE(is_taken("ib,eth", "eth0"));
  EXPECT_FALSE(is_taken("ib,en", "eth0"));
}

TEST(Interfaces, CanBeNamedExactly) {
  EXPECT_TRUE(is_taken("=eth0", "eth0"));
  EXPECT_FALSE(is_taken("=eth", "eth0"));
  EXPECT_TRUE(is_taken("=eth1,eth0", "eth0"));
}

TEST(Interfaces, CanBeExcluded) {
  EXPECT_TRUE(is_taken("^docker,lo", "eth0"));
  EXPECT_FALSE(is_taken("^docker,lo", "docker0"));
  EXPECT_TRUE(is_taken("^=docker", "docker0"));
}

TEST(Settings, ThatLeaveNoInterfaceAreNamedWithThoseThatThereAre) {
  EXPECT_EQ(why_not_at_all(with({{"NCCL_SOCKET_IFNAME", "ib"}}), {"eth0", "lo"}),
            "NCCL_SOCKET_IFNAME=ib matches no interface of this host, which has eth0, lo");
  EXPECT_EQ(why_not_at_all(with({{"NCCL_SOCKET_IFNAME", "eth"}}), {"eth0", "lo"}), "");
  EXPECT_EQ(why_not_at_all(with({}), {}), "");
}

TEST(Settings, ThatMakeCallsBlockAreRefused) {
  EXPECT_NE(why_not_at_all(with({{"NCCL_COMM_BLOCKING", "1"}}), {"lo"}), "");
}

TEST(Settings, ThatForbidBuffersAreNamedForTheseAlone) {
  Collective c{Collective::Kind::all_reduce, 1_MiB};
  const Environment no_windows = with({{"NCCL_CUMEM_ENABLE", "0"}});
  EXPECT_EQ(why_not(c, no_windows), "");
  c.buffers = Collective::Buffers::registered;
  EXPECT_EQ(why_not(c, no_windows), "");
  EXPECT_NE(why_not(c, with({{"NCCL_LOCAL_REGISTER", "0"}})), "");
  c.buffers = Collective::Buffers::symmetric;
  EXPECT_EQ(why_not(c, no_windows), "NCCL_CUMEM_ENABLE=0 forbids symmetric windows");
}

TEST(Settings, ThatGoBeforeChannelsAreNamed) {
  Collective c{Collective::Kind::all_reduce, 1_MiB};
  EXPECT_EQ(why_not(c, with({{"NCCL_MAX_NCHANNELS", "4"}})), "");
  c.channels = 8;
  EXPECT_EQ(why_not(c, with({{"NCCL_MAX_NCHANNELS", "4"}})),
            "NCCL_MAX_NCHANNELS=4 goes before channels=8");
}

TEST(Versions, AreToldAsPeopleSayThem) {
  EXPECT_EQ(version_text(22809), "2.28.9");
  EXPECT_EQ(version_text(2708), "2.7.8");
  EXPECT_EQ(version_text(30101), "3.1.1");
}

}  // namespace
}  // namespace shortfall::nccl
