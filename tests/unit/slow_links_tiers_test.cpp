// Fabrics on which many are slower than others though nobody is to blame.
#include <gtest/gtest.h>

#include "diagnosis/slow_links.hpp"
#include "tests/unit/made_up_fabric.hpp"

namespace shortfall {
namespace {

std::vector<Finding> found_in(const Report& report) { return slow_links(pairs_measured(report)); }

using Share = std::function<double(int, int)>;

// Hosts from `first` on stand below another switch, between which pairs reach `share`.
Share two_leaves(int first, int per_host, double share) {
  return [=](int from, int to) {
    return (from / per_host < first) == (to / per_host < first) ? 1.0 : share;
  };
}

Report with_every_round(const MadeUpFabric& fabric) {
  Report report = with_rounds(fabric);
  for (int round = rounds_at_first + 1; round <= rounds_of(fabric.hosts); ++round) {
    measure(report, fabric, {.group = text_of(RoundWord{round})});
    measure(report, fabric, {.group = text_of(RoundWord{round, 0, true})});
  }
  return report;
}

Report with_pairs(const MadeUpFabric& fabric, const std::string& benchmark) {
  Report report = report_of(fabric);
  measure(report, fabric, {.benchmark = benchmark, .group = "pairs"});
  return report;
}

TEST(SlowLinksOfTiers, AreNotThePairsBetweenTwoLeaves) {
  const MadeUpFabric fabric{.hosts = 32, .per_host = 8, .share = two_leaves(28, 8, 0.75)};
  EXPECT_TRUE(found_in(with_pairs(fabric, "rdma_latency")).empty());
  EXPECT_TRUE(found_in(with_pairs(fabric, "rdma_bandwidth")).empty());
}

TEST(SlowLinksOfTiers, AreNoneWhereRoundsShowBothTiers) {
  for (int hosts = 6; hosts <= 24; ++hosts) {
    for (int first = 3; first <= hosts - 3; ++first) {
      const MadeUpFabric fabric{.hosts = hosts, .share = two_leaves(first, 1, 0.7)};
      EXPECT_TRUE(found_in(with_rounds(fabric)).empty()) << first << " of " << hosts;
      EXPECT_TRUE(found_in(with_every_round(fabric)).empty()) << first << " of " << hosts;
    }
  }
}

TEST(SlowLinksOfTiers, AreNotTheEndsOfALeafThatNeverMetOneAnother) {
  const MadeUpFabric fabric{.hosts = 32, .share = two_leaves(28, 1, 0.7)};
  EXPECT_TRUE(found_in(with_rounds(fabric)).empty());
}

TEST(SlowLinksOfTiers, AreAdaptersThatAreSlowerThanEitherTier) {
  const Share tiers = two_leaves(12, 1, 0.7);
  const MadeUpFabric fabric{.hosts = 16, .share = [=](int from, int to) {
                              return from == 5 || to == 5 ? std::min(0.4, tiers(from, to))
                                                          : tiers(from, to);
                            }};
  for (const Report& report : {with_rounds(fabric), with_every_round(fabric)}) {
    const auto found = found_in(report);
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].rank, 5);
  }
}

TEST(SlowLinksOfTiers, AreCablesThatAreSlowerThanEitherTier) {
  const Share tiers = two_leaves(12, 1, 0.7);
  const auto found =
      found_in(with_every_round({.hosts = 16, .share = [=](int from, int to) {
                                   return from == 3 && to == 9 ? 0.25 : tiers(from, to);
                                 }}));
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].link, "rank 3 to rank 9");
}

TEST(SlowLinksOfTiers, AreAllAdaptersOfOneHost) {
  const MadeUpFabric fabric{.hosts = 10, .per_host = 8, .share = [](int from, int to) {
                              return from / 8 == 3 || to / 8 == 3 ? 0.4 : 1.0;
                            }};
  EXPECT_EQ(found_in(with_pairs(fabric, "rdma_bandwidth")).size(), 8U)
      << "that are many pairs, but of one host";
  EXPECT_EQ(found_in(with_rounds(fabric)).size(), 8U);
}

TEST(SlowLinksOfTiers, AreEndsThatAreSlowWithOneAnotherHoweverMany) {
  const auto is_slow = [](int rank) { return rank < 3; };
  const auto found = found_in(with_every_round({.hosts = 8, .share = [&](int from, int to) {
                                                  return is_slow(from) || is_slow(to) ? 0.5 : 1.0;
                                                }}));
  ASSERT_EQ(found.size(), 3U);
  for (const Finding& finding : found) EXPECT_TRUE(is_slow(*finding.rank));
}

TEST(SlowLinksOfTiers, OfLatencyAreTwiceAsSlow) {
  const auto found_with = [](double share) {
    const MadeUpFabric fabric{.hosts = 16,
                              .share = [=](int from, int) { return from == 3 ? share : 1.0; }};
    return found_in(with_pairs(fabric, "rdma_latency")).size();
  };
  EXPECT_EQ(found_with(1 / 1.4), 0U) << "one switch more";
  EXPECT_EQ(found_with(1 / 2.5), 1U);
}

TEST(SlowLinksOfTiers, OfRanksAloneAreNotThoseOfEverySecondSocket) {
  const MadeUpFabric fabric{.hosts = 4, .per_host = 8};
  Report report = report_of(fabric);
  measure(report, fabric, {.benchmark = "rdma_loopback", .group = "all"});
  auto& all = std::get<Measured>(report.entries[0].result.outcome).per_rank.all;
  for (std::size_t rank = 0; rank < all.size(); ++rank) all[rank] = {rank % 8 < 5 ? 1e-4 : 1.3e-4};
  EXPECT_TRUE(found_in(report).empty());

  all[9] = {3e-4};
  const auto found = found_in(report);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].rank, 9);
}

}  // namespace
}  // namespace shortfall
