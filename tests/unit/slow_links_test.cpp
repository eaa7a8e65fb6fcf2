#include "diagnosis/slow_links.hpp"

#include <gtest/gtest.h>

#include "diagnosis/verdict.hpp"
#include "tests/unit/made_up_fabric.hpp"

namespace shortfall {
namespace {

std::vector<Finding> found_on(const MadeUpFabric& fabric) {
  return slow_links(pairs_measured(with_rounds(fabric)));
}

bool says(const Finding& finding, const std::string& text) {
  return (finding.reason + finding.link + finding.action).find(text) != std::string::npos;
}

TEST(SlowLinks, OfHealthyClustersAreNone) {
  for (int hosts = 1; hosts <= 17; ++hosts) {
    EXPECT_TRUE(found_on({.hosts = hosts}).empty()) << hosts;
    EXPECT_TRUE(found_on({.hosts = hosts, .per_host = 4, .nics_of_host = 4}).empty()) << hosts;
  }
}

TEST(SlowLinks, ASlowAdapterIsNamedOnceWhateverItsPairs) {
  for (const int hosts : {3, 4, 5, 8, 17}) {
    const auto found = found_on({.hosts = hosts, .share = [](int from, int to) {
                                   return from == 2 || to == 2 ? 0.5 : 1.0;
                                 }});
    ASSERT_EQ(found.size(), 1U) << hosts;
    EXPECT_EQ(found[0].kind, "slow_link");
    EXPECT_EQ(found[0].severity, Finding::Severity::warn);
    EXPECT_EQ(found[0].rank, 2);
    EXPECT_EQ(found[0].host, "node2");
    EXPECT_EQ(found[0].device, "mlx5_0");
    EXPECT_EQ(found[0].link, "");
    EXPECT_NEAR(*found[0].value / *found[0].expected, 0.5, 0.02);
    EXPECT_EQ(found[0].unit, "B/s");
    EXPECT_TRUE(says(found[0], "rank 2 (mlx5_0, node2) is slow in all its pairs"));
  }
}

TEST(SlowLinks, ASlowAdapterIsNamedAmongThousands) {
  const auto found = found_on({.hosts = 2048,
                               .per_host = 8,
                               .nics_of_host = 8,
                               .share = [](int from, int) { return from == 4321 ? 0.5 : 1.0; },
                               .nearest = [](int rank) { return rank % 8; }});
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].rank, 4321);
  EXPECT_EQ(found[0].host, "node540");
  EXPECT_EQ(found[0].device, "mlx5_1");
}

TEST(SlowLinks, ADirectionIsToldFromTheOther) {
  const auto sends = found_on({.share = [](int from, int) { return from == 5 ? 0.7 : 1.0; }});
  const auto receives = found_on({.share = [](int, int to) { return to == 5 ? 0.7 : 1.0; }});
  ASSERT_EQ(sends.size(), 1U);
  ASSERT_EQ(receives.size(), 1U);
  EXPECT_TRUE(says(sends[0], "sends slowly to all its partners"));
  EXPECT_TRUE(says(receives[0], "receives slowly from all its partners"));
}

TEST(SlowLinks, ASlowPairIsNamedAsThatPair) {
  const auto pair = matches_of_round(2, 8).front();
  const auto is_pair = [&](int from, int to) {
    return std::minmax(from, to) == std::minmax(pair.first, pair.second);
  };
  const auto both =
      found_on({.share = [&](int from, int to) { return is_pair(from, to) ? 0.6 : 1; }});
  ASSERT_EQ(both.size(), 1U);
  EXPECT_FALSE(both[0].rank);
  EXPECT_EQ(both[0].link, fmt::format("rank {} and rank {}", pair.first, pair.second));
  EXPECT_TRUE(says(both[0], fmt::format("rank {0} (mlx5_0, node{0}) and rank {1} (mlx5_0, node{1})",
                                        pair.first, pair.second)));
  EXPECT_TRUE(says(both[0], "for both with others"));
  EXPECT_TRUE(says(both[0], fmt::format("--set group={}-{}", pair.first, pair.second)));

  const auto back = found_on({.share = [&](int from, int to) {
    return from == pair.second && to == pair.first ? 0.6 : 1;
  }});
  ASSERT_EQ(back.size(), 1U);
  EXPECT_TRUE(says(
      back[0], fmt::format("rank {0} (mlx5_0, node{0}) to rank {1} (", pair.second, pair.first)));
}

TEST(SlowLinks, OneOfSeveralAdaptersOfAHostIsNamed) {
  MadeUpFabric fabric{.hosts = 8, .nics_of_host = 4, .share = [](int from, int to) {
                        return from == 3 || to == 3 ? 0.5 : 1.0;
                      }};
  Report report = report_of(fabric);
  MadeUpFabric healthy = fabric;
  healthy.share = [](int, int) { return 1.0; };
  for (int round = 1; round <= 3; ++round) {
    for (const std::string nics : {"0", "1", "2", "3"}) {
      measure(report, nics == "2" ? fabric : healthy,
              {.group = text_of(RoundWord{round}), .direction = "both_ways", .nics = nics});
    }
  }
  const auto found = slow_links(pairs_measured(report));
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].rank, 3);
  EXPECT_EQ(found[0].device, "mlx5_2");
}

TEST(SlowLinks, ARankIsNamedOnceHoweverManyBenchmarksSayIt) {
  const MadeUpFabric fabric{
      .share = [](int from, int to) { return from == 1 || to == 1 ? 0.5 : 1.0; }};
  Report report = with_rounds(fabric);
  for (int round = 1; round <= 3; ++round) {
    measure(report, fabric,
            {.benchmark = "rdma_latency", .group = text_of(RoundWord{round}), .bytes = 8});
  }
  EXPECT_EQ(slow_links(pairs_measured(report)).size(), 1U);
}

TEST(SlowLinks, AreJudgedByTheSizeThatSaysMost) {
  const MadeUpFabric slow{
      .share = [](int from, int to) { return from == 1 || to == 1 ? 0.5 : 1.0; }};
  for (const bool is_large : {false, true}) {
    Report report = with_rounds({});
    for (int round = 1; round <= 3; ++round) {
      for (const bool is_back : {false, true}) {
        measure(
            report, slow,
            {.group = text_of(RoundWord{round, 0, is_back}), .bytes = is_large ? 64 << 20 : 64});
      }
    }
    EXPECT_EQ(slow_links(pairs_measured(report)).size(), is_large ? 1U : 0U)
        << "small messages are noisy";
  }
}

TEST(SlowLinks, OfPairsWithoutRoundsAreHeldAgainstTheUsualPair) {
  const auto found_on_hosts = [](int hosts) {
    const MadeUpFabric fabric{
        .hosts = hosts, .share = [](int from, int to) { return from == 1 || to == 1 ? 0.5 : 1.0; }};
    Report report = report_of(fabric);
    measure(report, fabric, {.benchmark = "rdma_bandwidth", .group = "pairs"});
    return slow_links(pairs_measured(report));
  };
  EXPECT_TRUE(found_on_hosts(14).empty()) << "too few, each of them timed once";
  const auto found = found_on_hosts(16);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_FALSE(found[0].rank) << "which of the two cannot be told";
  EXPECT_TRUE(says(found[0], "rank 1 (mlx5_0, node1) to rank 9"));
  EXPECT_TRUE(says(found[0], "for such pairs"));
}

TEST(SlowLinks, WithoutAMajorityAreNone) {
  EXPECT_TRUE(
      found_on({.hosts = 2, .share = [](int from, int) { return from ? 0.5 : 1; }}).empty());
}

TEST(SlowLinks, ARankAloneIsHeldAgainstOtherRanksAlone) {
  MadeUpFabric fabric{.hosts = 5};
  Report report = report_of(fabric);
  measure(report, fabric, {.benchmark = "rdma_loopback", .group = "all"});
  auto& all = std::get<Measured>(report.entries[0].result.outcome).per_rank.all;
  all = {{1e-4}, {1.01e-4}, {2e-4}, {1e-4}, {1.02e-4}};
  const auto found = slow_links(pairs_measured(report));
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].rank, 2);
}

TEST(SlowLinks, WhatASlowAdapterDoesToTheOnePartnerOfAnotherBenchmarkIsNotToldAgain) {
  const auto found_with = [](double share_of_pair) {
    const MadeUpFabric fabric{.hosts = 32,
                              .share = [](int from, int) { return from == 3 ? 0.5 : 1.0; }};
    const MadeUpFabric of_pairs{
        .hosts = 32, .share = [=](int from, int) { return from == 3 ? share_of_pair : 1.0; }};
    Report report = with_rounds(fabric);
    measure(report, of_pairs, {.benchmark = "rdma_bandwidth", .group = "pairs"});
    return slow_links(pairs_measured(report));
  };
  const auto as_slow = found_with(0.5), slower = found_with(0.2);
  ASSERT_EQ(as_slow.size(), 1U);
  EXPECT_EQ(as_slow[0].rank, 3);
  ASSERT_EQ(slower.size(), 2U) << "the adapter does not explain all of it";
}

TEST(SlowLinks, ASlowLoopExplainsNoPair) {
  const MadeUpFabric fabric{
      .hosts = 32, .share = [](int from, int to) { return from == 3 && to == 2 ? 0.5 : 1.0; }};
  const MadeUpFabric of_loops{.hosts = 32,
                              .share = [](int from, int) { return from == 3 ? 0.5 : 1.0; }};
  Report report = report_of(fabric);
  measure(report, of_loops, {.benchmark = "rdma_loopback", .group = "all"});
  measure(report, fabric,
          {.benchmark = "rdma_bandwidth", .group = "next_pairs", .direction = "both_ways"});
  EXPECT_EQ(slow_links(pairs_measured(report)).size(), 2U);
}

TEST(SlowLinks, OnDisturbedHostsAreNotBelieved) {
  Report report =
      with_rounds({.share = [](int from, int to) { return from == 1 || to == 1 ? 0.5 : 1.0; }});
  const auto found_with = [&](const std::vector<std::string>& hosts) {
    for (Entry& entry : report.entries) {
      Vitals& vitals = std::get<Measured>(entry.result.outcome).vitals;
      vitals.is_disturbed = true;
      vitals.disturbed_hosts = hosts;
    }
    return slow_links(pairs_measured(report)).size();
  };
  EXPECT_EQ(found_with({}), 0U) << "nobody knows where";
  EXPECT_EQ(found_with({"node1"}), 0U);
  EXPECT_EQ(found_with({"node6"}), 1U) << "others were not disturbed";
}

TEST(SlowLinks, AreToldOnceHoweverOftenTheVerdictIsMade) {
  const Report report = diagnosed(diagnosed(
      with_rounds({.share = [](int from, int to) { return from == 1 || to == 1 ? 0.5 : 1.0; }})));
  EXPECT_EQ(report.findings.size(), 1U);
  EXPECT_EQ(report.verdict.status, Status::warn);
}

}  // namespace
}  // namespace shortfall
