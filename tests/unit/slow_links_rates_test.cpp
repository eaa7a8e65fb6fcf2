// Ends that could not all carry as much are not held against one another.
#include <gtest/gtest.h>

#include <chrono>

#include "diagnosis/drift/fold.hpp"
#include "diagnosis/rdma/measured.hpp"
#include "diagnosis/slow_links.hpp"
#include "tests/unit/made_up_fabric.hpp"

namespace shortfall {
namespace {

constexpr double slow_port = 200e9, fast_port = 400e9;  // bit/s

Report with_rounds_of(const MadeUpFabric& fabric, int nics) {
  Report report = report_of(fabric);
  for (int nic = 0; nic < nics; ++nic) {
    for (int round = 1; round <= rounds_at_first; ++round) {
      MadeUpFabric as_nic = fabric;
      as_nic.usual *= fabric.rate(0, nic) / fast_port;
      measure(report, as_nic,
              {.group = text_of(RoundWord{round}),
               .direction = "both_ways",
               .nics = std::to_string(nic)});
    }
  }
  return report;
}

std::vector<Finding> found_in(const Report& report) { return slow_links(pairs_measured(report)); }

MadeUpFabric with_storage() {
  return {.nics_of_host = 10, .rate = [](int, int nic) { return nic < 8 ? fast_port : slow_port; }};
}

TEST(SlowLinksOfRates, AreNotThePortsOfStorage) {
  EXPECT_TRUE(found_in(with_rounds_of(with_storage(), 10)).empty());
}

TEST(SlowLinksOfRates, AreFoundAmongPortsOfStorage) {
  MadeUpFabric fabric = with_storage();
  Report report = with_rounds_of(fabric, 9);
  fabric.usual /= 2;
  fabric.share = [](int from, int to) { return from == 2 || to == 2 ? 0.5 : 1.0; };
  for (int round = 1; round <= rounds_at_first; ++round) {
    measure(report, fabric,
            {.group = text_of(RoundWord{round}), .direction = "both_ways", .nics = "9"});
  }
  const auto found = found_in(report);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].rank, 2);
  EXPECT_EQ(found[0].device, "mlx5_9");
}

TEST(SlowLinksOfRates, AreNotHostsWithOlderAdapters) {
  const auto is_old = [](int host) { return host % 4 == 1; };
  MadeUpFabric fabric{
      .hosts = 17,
      .share = [=](int from, int to) { return is_old(from) || is_old(to) ? 0.5 : 1.0; },
      .rate = [=](int host, int) { return is_old(host) ? slow_port : fast_port; }};
  EXPECT_TRUE(found_in(with_rounds(fabric)).empty());

  const auto healthy = fabric.share;
  fabric.share = [=](int from, int to) {
    return std::min(healthy(from, to), from == 6 || to == 6 ? 0.3 : 1);
  };
  const auto found = found_in(with_rounds(fabric));
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].rank, 6);
}

TEST(SlowLinksOfRates, AreNotRanksThatShareAnAdapter) {
  const auto is_sharing = [](int rank) { return rank % 5 == 0 || rank % 5 == 4; };
  MadeUpFabric fabric{.hosts = 12,
                      .per_host = 5,
                      .nics_of_host = 4,
                      .share = [=](int from, int) { return is_sharing(from) ? 0.5 : 1.0; },
                      .rate = [](int, int) { return fast_port; },
                      .nearest = [](int rank) { return rank % 5 % 4; }};
  EXPECT_TRUE(found_in(with_rounds(fabric)).empty());
}

TEST(SlowLinksOfRates, AreOfPairsThatStayInTheMap) {
  const std::vector<PairSamples> all = pairs_measured(with_rounds_of(with_storage(), 10));
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].samples.size(), 10U * rounds_at_first * 4);
  EXPECT_EQ(all[0].samples.front().rate_of_ends.value, fast_port);
  EXPECT_EQ(all[0].samples.back().rate_of_ends.value, slow_port);
}

// Each rank of each result is looked up.
TEST(FabricSpeed, OfAThousandRanksInManyResults) {
  MadeUpFabric fabric{.hosts = 1024, .rate = [](int, int) { return fast_port; }};
  Report report = report_of(fabric);
  for (int round = 1; round <= 100; ++round) {
    measure(report, fabric, {.group = text_of(RoundWord{round})});
    report.entries.back().result.backend = "verbs";
  }
  const std::vector<Entry> rounds = report.entries;
  for (int i = 0; i < 5; ++i) std::ranges::copy(rounds, std::back_inserter(report.entries));
  for (Host& host : report.machine.hosts) {
    host.numa = {{.number = 0, .cpus = "0-63"}, {.number = 1, .cpus = "64-127"}};
    host.nics[0].slot.numa_node = 1;
  }
  for (Binding& binding : report.machine.bindings) binding.set = "0-63";
  const auto start = std::chrono::steady_clock::now();

  const auto pairs = pairs_measured(report);
  const auto far = used_from_afar(report);

  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(5));
  EXPECT_EQ(pairs.at(0).samples.size(), 51'200U);
  EXPECT_TRUE(slow_links(pairs).empty());
  EXPECT_EQ(far.size(), most_of_a_kind + 1);
}

}  // namespace
}  // namespace shortfall
