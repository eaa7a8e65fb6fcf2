// Transfers that go over the host bridge though a switch could pass them on.
#include <gtest/gtest.h>

#include "tests/unit/adapters_in_use.hpp"

namespace shortfall {
namespace {

TEST(DetouredTransfers, AreSlowCopiesBelowASwitchWithAccessControl) {
  Report report = made_up_report();
  set_acs(report, true);
  add_copies(report, "next_pairs", 10e9, 2);

  const auto findings = detoured_transfers(report);

  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].kind, "detoured_transfers");
  EXPECT_EQ(findings[0].severity, Finding::Severity::warn);
  EXPECT_EQ(findings[0].host, "node00001") << "where the slowest pair is";
  EXPECT_EQ(findings[0].rank, 2);
  EXPECT_EQ(findings[0].link, "0000:1b:00.0 - 0000:43:00.0");
  EXPECT_NEAR(findings[0].value.value_or(0), 10e9, 1);
  EXPECT_NEAR(findings[0].expected.value_or(0), 63.015e9 * 256 / 280, 1e7);
  EXPECT_NE(findings[0].reason.find("(ACS) of the bridges above them is on"), std::string::npos);
  EXPECT_EQ(findings[0].reason.find("IOMMU"), std::string::npos);
  EXPECT_NE(findings[0].action.find("ECAP_ACS"), std::string::npos);
}

TEST(DetouredTransfers, AreSuspectedWhereOnlyRootCouldTell) {
  Report report = made_up_report();
  set_acs(report, std::nullopt);
  add_copies(report, "next_pairs", 10e9, 0);

  const auto findings = detoured_transfers(report);

  ASSERT_EQ(findings.size(), 1U);
  EXPECT_NE(findings[0].reason.find("only root can read"), std::string::npos);
}

TEST(DetouredTransfers, AreThoseThatAnIommuTranslates) {
  Report report = made_up_report();
  for (Host& host : report.machine.hosts) host.os.is_translated = true;
  add_copies(report, "within_host_0-1", 10e9, 0);

  const auto findings = detoured_transfers(report);

  ASSERT_EQ(findings.size(), 1U);
  EXPECT_NE(findings[0].reason.find("an IOMMU translates"), std::string::npos);
}

TEST(DetouredTransfers, AreNoneWhereNothingCouldDetourThemOrTheyAreFast) {
  Report off = made_up_report(), fast = made_up_report();
  add_copies(off, "next_pairs", 10e9, 0);
  set_acs(fast, true);
  add_copies(fast, "next_pairs", 40e9, 0);

  EXPECT_TRUE(detoured_transfers(off).empty());
  EXPECT_TRUE(detoured_transfers(fast).empty());
}

TEST(DetouredTransfers, AreNoneOfOtherWaysThanThroughOneSwitch) {
  Report nvlink = made_up_report(), far = made_up_report(), hosts = made_up_report(),
         shared = made_up_report(4);
  for (Report* report : {&nvlink, &far, &hosts, &shared}) set_acs(*report, true);
  for (Host& host : nvlink.machine.hosts) host.gpus[0].facts.nvlinks_up = 18;
  for (Host& host : far.machine.hosts) host.gpus[1].slot.bridges = {"pci0000:37", "0000:37:01.0"};
  for (Host& host : shared.machine.hosts) {  // a switch below a switch
    host.gpus[1].slot.bridges = {"pci0000:15",   "0000:15:01.0", "0000:16:00.0",
                                 "0000:17:04.0", "0000:20:00.0", "0000:21:00.0"};
  }
  add_copies(nvlink, "next_pairs", 10e9, 0);
  add_copies(far, "next_pairs", 10e9, 0);
  add_copies(hosts, "pairs", 10e9, 0);
  add_copies(shared, "next_pairs", 10e9, 0);

  EXPECT_TRUE(detoured_transfers(nvlink).empty());
  EXPECT_TRUE(detoured_transfers(far).empty());
  EXPECT_TRUE(detoured_transfers(hosts).empty());
  add_copies(shared, "within_host_0-1", 10e9, 0);
  EXPECT_EQ(detoured_transfers(shared).size(), 1U) << "a pair alone shares no link of switches";
}

TEST(DetouredTransfers, AreNoneOfSmallOnesReadsAndBothWays) {
  Report report = made_up_report();
  set_acs(report, true);
  add_copies(report, "next_pairs", 10e9, 0);
  report.entries[0].result.params.add("way", "read");
  EXPECT_TRUE(detoured_transfers(report).empty());
  report.entries.clear();
  add_copies(report, "next_pairs", 10e9, 0);
  report.entries.push_back(report.entries.front());
  report.entries[0].result.params =
      Params({{"bytes", 65536}, {"direction", "one_way"}, {"group", "next_pairs"}});
  report.entries[1].result.params = Params(
      {{"bytes", std::int64_t{64} << 20}, {"direction", "both_ways"}, {"group", "next_pairs"}});

  EXPECT_TRUE(detoured_transfers(report).empty());
}

TEST(DetouredTransfers, AreSlowTransfersBetweenAGpuAndItsAdapter) {
  Report report = made_up_report();
  set_acs(report, true);
  add_verbs(report, "0-2", "nearest", "mlx5_0", "cuda");
  report.entries[0].attainment.limits = {{"line_rate", {50e9}, 0.3}, {"wire", {49e9}, 0.31}};
  const auto findings = detoured_transfers(report);

  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].host, "node00000");
  EXPECT_EQ(findings[0].link, "0000:1b:00.0 - mlx5_0");
  EXPECT_EQ(findings[0].expected, 49e9);
  EXPECT_NEAR(findings[0].value.value_or(0), 0.31 * 49e9, 1);

  EXPECT_NE(findings[0].reason.find("or it is the other end, rank 2"), std::string::npos);

  report.entries[0].result.work.payload = {0.7 * 49e9 * 1e-3};
  EXPECT_TRUE(detoured_transfers(report).empty());
}

TEST(DetouredTransfers, AreToldOfTheSlowestRankAndItsAdapter) {
  Report report = made_up_report(1);
  set_acs(report, true);
  add_verbs(report, "round_1", "nearest", "mlx5_0", "cuda");
  report.entries[0].attainment.limits = {{"wire", {49e9}, 0.31}};
  auto& measured = std::get<Measured>(report.entries[0].result.outcome);
  measured.per_rank.worst.front().rank = 1;
  EXPECT_TRUE(detoured_transfers(report).empty()) << "its adapter is not told";

  measured.per_rank.adapters = {"mlx5_0:1", "mlx5_0:1"};
  const auto findings = detoured_transfers(report);

  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].host, "node00001");
  EXPECT_EQ(findings[0].rank, 1);
}

TEST(DetouredTransfers, AreNoneOfHostMemoryAndOfAdaptersThatRanksShare) {
  Report of_host = made_up_report(), shared = made_up_report();
  for (Report* report : {&of_host, &shared}) set_acs(*report, true);
  add_verbs(of_host, "0-2", "nearest", "mlx5_0", "host");
  add_verbs(shared, "pairs", "nearest", "mlx5_0", "cuda");
  for (Report* report : {&of_host, &shared}) {
    report->entries[0].attainment.limits = {{"wire", {49e9}, 0.31}};
    EXPECT_TRUE(detoured_transfers(*report).empty());
  }
}

}  // namespace
}  // namespace shortfall
