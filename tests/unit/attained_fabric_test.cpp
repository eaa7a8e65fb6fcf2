// What limits transfers by verbs: by the adapters of both ends.
#include "diagnosis/attained_fabric.hpp"

#include <gtest/gtest.h>

#include "core/operation/fabric_transfer.hpp"
#include "made_up_cluster.hpp"

namespace shortfall {
namespace {

// A rank on each of two hosts.
Report made_up_report() {
  Report report;
  report.run.ranks = 2;
  report.machine.hosts = made_up_cluster(2);
  for (int rank = 0; rank < 2; ++rank) {
    report.machine.bindings.push_back(
        {.rank = rank, .host = report.machine.hosts[static_cast<std::size_t>(rank)].name});
  }
  return report;
}

Entry writes(const std::string& group, const std::string& gid = "3 RoCE v2 10.0.0.1") {
  Measured measured;
  const Seconds time{1};
  measured.timing.throughput = summarize(std::span(&time, 1));
  measured.details = {{"device", "mlx5_8"},
                      {"link_layer", "Ethernet"},
                      {"link_bit_per_s", "400000000000"},
                      {"mtu_bytes", "4096"},
                      {"gid", gid}};
  measured.per_rank.adapters = {"mlx5_8:1", "mlx5_9:1"};
  Entry entry;
  entry.result = {
      .key = "rdma_bandwidth",
      .benchmark = "rdma_bandwidth",
      .suite = Suite::network,
      .backend = "verbs",
      .params = Params(
          {{"bytes", std::int64_t{1} << 30}, {"op", std::string("write")}, {"group", group}}),
      .work = {.payload = {1e9}},
      .outcome = measured};
  return entry;
}

double limit_of(const std::string& name, const Report& report, Entry entry) {
  attain_fabric(entry, RankDevices(report), report.machine);
  const auto& limits = entry.attainment.limits;
  const auto found = std::ranges::find(limits, name, &Attainment::Limit::name);
  return found != limits.end() ? found->rate.value : 0;
}

constexpr double gen5_x16 = 57.6e9, tolerance = 0.1e9;

TEST(AttainedFabric, IsOfTheSlotOfTheRankWhoseDetailsTheseAre) {
  Report elsewhere = made_up_report(), here = elsewhere;
  elsewhere.machine.hosts.insert(elsewhere.machine.hosts.begin(), made_up_host(7));
  elsewhere.machine.hosts[0].nics[8].slot.maximum.lanes = 8;
  here.machine.hosts[0].nics[8].slot.maximum.lanes = 8;

  EXPECT_NEAR(limit_of("pcie", elsewhere, writes("pairs")), gen5_x16, tolerance);
  EXPECT_NEAR(limit_of("pcie", here, writes("pairs")), gen5_x16 / 2, tolerance);
}

TEST(AttainedFabric, IsOfTheLesserSlotAndLineOfBothEnds) {
  Report report = made_up_report();
  Nic& partner = report.machine.hosts[1].nics[9];
  partner.slot.maximum.lanes = 4;
  partner.ports[0].rate = {100e9};

  EXPECT_NEAR(limit_of("pcie", report, writes("pairs")), gen5_x16 / 4, tolerance);
  EXPECT_EQ(limit_of("line_rate", report, writes("pairs")), 12.5e9);
  EXPECT_LT(limit_of("wire", report, writes("pairs")), 12.5e9);

  Entry alone = writes("pairs");
  std::get<Measured>(alone.result.outcome).per_rank.adapters.clear();
  EXPECT_NEAR(limit_of("pcie", report, alone), gen5_x16, tolerance) << "the partner does not tell";
  EXPECT_EQ(limit_of("line_rate", report, alone), 50e9);
}

TEST(AttainedFabric, IsOfASlotThatAllHostsHaveWhereTheRankIsNotKnown) {
  Report report = made_up_report();
  EXPECT_NEAR(limit_of("pcie", report, writes("1-0")), gen5_x16, tolerance);

  report.machine.hosts[1].nics[8].slot.maximum.lanes = 8;
  EXPECT_EQ(limit_of("pcie", report, writes("1-0")), 0);
}

TEST(AttainedFabric, IsNotOfThePartnerAloneWhereTheResultTellsNoAdapter) {
  Entry silent = writes("pairs");
  std::get<Measured>(silent.result.outcome).details.clear();

  EXPECT_EQ(limit_of("pcie", made_up_report(), silent), 0);
}

TEST(AttainedFabric, IsOfThePacketsOfTheGidThatWasUsed) {
  const Report report = made_up_report();
  const auto bytes_around = [&](const char* gid) {
    const double line = limit_of("line_rate", report, writes("pairs", gid));
    return 4096 * (line / limit_of("wire", report, writes("pairs", gid)) - 1);
  };

  EXPECT_NEAR(bytes_around("3 RoCE v2 10.0.0.1"), 82, 0.1);
  EXPECT_NEAR(bytes_around("3 RoCE v2 2001:db8::1"), 102, 0.1);
  EXPECT_NEAR(bytes_around("0 IB/RoCE v1 fe80::1"), 94, 0.1);
}

}  // namespace
}  // namespace shortfall
