// Findings that results of transfers make together with what hosts say of their devices.
#include <gtest/gtest.h>

#include "diagnosis/rdma/measured.hpp"
#include "diagnosis/verdict.hpp"
#include "made_up_cluster.hpp"

namespace shortfall {
namespace {

// A rank for each of the first GPUs of two hosts, all on NUMA node 0. These GPUs and as many
// adapters are below one switch, whose links carry 57.6 GB/s.
Report made_up_report(std::size_t ranks_of_host = 2) {
  Report report;
  report.run.ranks = 0;
  report.machine.hosts = made_up_cluster(2);
  for (Host& host : report.machine.hosts) {
    for (std::size_t i = 0; i < ranks_of_host; ++i) {
      for (PciSlot* slot : {&host.gpus[i].slot, &host.nics[i].slot}) {
        slot->bridges = {"pci0000:15", "0000:15:01.0", "0000:16:00.0", "0000:17:" + slot->address};
        slot->acs = false;
      }
      report.machine.bindings.push_back({.rank = report.run.ranks++,
                                         .host = host.name,
                                         .set = "0-7",
                                         .by = "launcher",
                                         .gpu = host.gpus[i].slot.address});
    }
  }
  report.run.status = RunStatus::complete;
  return report;
}

Measured measured_in(Seconds time, int slowest) {
  Measured measured;
  measured.timing.throughput = summarize(std::span(&time, 1));
  measured.per_rank.worst = {{slowest, "", time}};
  return measured;
}

void add(Report& report, const Result& result) { report.entries.push_back({result, {}, {}}); }

constexpr double large = 64 << 20;

// Copies of 64 MiB, the slowest of them by `slowest`.
void add_copies(Report& report, const std::string& group, double bytes_per_s, int slowest) {
  add(report, {.key = "peer_copy/" + group,
               .benchmark = "peer_copy",
               .suite = Suite::device_link,
               .backend = "cuda",
               .memory = "cuda",
               .params = Params(
                   {{"bytes", std::int64_t{64} << 20}, {"direction", "one_way"}, {"group", group}}),
               .work = {.payload = {large}, .link = {large}},
               .outcome = measured_in({large / bytes_per_s}, slowest)});
}

void set_acs(Report& report, std::optional<bool> acs) {
  for (Host& host : report.machine.hosts) {
    for (Gpu& gpu : host.gpus) gpu.slot.acs = acs;
    for (Nic& nic : host.nics) nic.slot.acs = acs;
  }
}

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

void add_verbs(Report& report, const std::string& group, const std::string& nics,
               const std::string& device, const std::string& memory) {
  Measured measured = measured_in({1e-3}, 0);
  measured.details = {{"device", device}};
  add(report,
      {.key = "rdma_bandwidth/" + group,
       .benchmark = "rdma_bandwidth",
       .suite = Suite::network,
       .backend = "verbs",
       .memory = memory,
       .params = Params({{"bytes", std::int64_t{16} << 20}, {"nics", nics}, {"group", group}}),
       .work = {.payload = {0.31 * 49e9 * 1e-3}},
       .outcome = measured});
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

TEST(UsedFromAfar, IsAnAdapterOfAnotherNodeThanItsRank) {
  Report report = made_up_report();
  add_verbs(report, "0-2", "mlx5_5..mlx5_0", "mlx5_5", "host");  // of node 1

  const auto findings = used_from_afar(report);

  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].kind, "far_from_nic");
  EXPECT_EQ(findings[0].host, "node00000");
  EXPECT_EQ(findings[0].rank, 0);
  EXPECT_EQ(findings[0].device, "mlx5_5");
  EXPECT_NE(findings[0].reason.find("as nics=mlx5_5..mlx5_0 asks"), std::string::npos);
  EXPECT_NE(findings[0].action.find("map_ldom:1"), std::string::npos);
}

TEST(UsedFromAfar, IsNotAnAdapterOfTheSameNodeOrOfARankThatIsNotBound) {
  Report near = made_up_report(), unbound = made_up_report(), unknown = made_up_report(),
         reversed = made_up_report();
  add_verbs(near, "0-2", "nearest", "mlx5_1", "host");
  for (Binding& binding : unbound.machine.bindings) binding.set = "0-223";
  add_verbs(unbound, "pairs", "5", "mlx5_5", "host");
  add_verbs(unknown, "0-2", "nearest", "mlx5_5", "host");
  for (Host& host : unknown.machine.hosts) host.nics[5].slot.numa_node.reset();
  add_verbs(reversed, "2-0", "5", "mlx5_5", "host");  // rank 2 makes the calls

  for (const Report* report : {&near, &unbound, &unknown, &reversed}) {
    EXPECT_TRUE(used_from_afar(*report).empty());
  }
}

TEST(UsedFromAfar, IsNotAnAdapterBesideTheGpuWhoseMemoryItMoves) {
  Report other_gpu = made_up_report(), beside = other_gpu;
  beside.machine.bindings[0].gpu = beside.machine.hosts[0].gpus[5].slot.address;
  Report of_host = beside;
  for (Report* report : {&beside, &other_gpu}) add_verbs(*report, "0-2", "5", "mlx5_5", "cuda");
  add_verbs(of_host, "0-2", "5", "mlx5_5", "host");

  EXPECT_TRUE(used_from_afar(beside).empty());
  for (const Report* report : {&of_host, &other_gpu}) EXPECT_EQ(used_from_afar(*report).size(), 1U);
}

TEST(UsedFromAfar, IsToldOfEveryRankThatTellsItsAdapter) {
  Report report = made_up_report();
  add_verbs(report, "0-2", "nearest", "mlx5_0", "host");
  std::get<Measured>(report.entries[0].result.outcome).per_rank.adapters = {"mlx5_0:1", "",
                                                                            "mlx5_5:1", ""};

  const auto findings = used_from_afar(report);

  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].rank, 2);
  EXPECT_EQ(findings[0].device, "mlx5_5");
  EXPECT_EQ(findings[0].metric, "per_rank.adapters");
}

TEST(UsedFromAfar, IsWhatUcxChose) {
  Report report = made_up_report();
  Measured measured = measured_in({1e-3}, 0);
  measured.details = {{"transports", "rc_mlx5/mlx5_6:1 (am, am_bw), tcp/eth8 (rma)"}};
  add(report, {.key = "ucx_latency",
               .benchmark = "ucx_latency",
               .suite = Suite::network,
               .backend = "ucx",
               .params = Params(std::vector<Params::Entry>{{"group", "pairs"}}),
               .outcome = measured});

  const auto findings = used_from_afar(report);

  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].device, "mlx5_6");
  EXPECT_EQ(findings[0].metric, "details.transports");
}

TEST(UsedFromAfar, IsSaidOnceOfEachAdapter) {
  Report report = made_up_report();
  for (Host& host : report.machine.hosts) {
    host.gpus.clear();
    host.nics = {made_up_nic(0, 5)};
  }
  add_verbs(report, "0-2", "nearest", "mlx5_5", "host");
  add_verbs(report, "pairs", "nearest", "mlx5_5", "host");
  EXPECT_TRUE(used_from_afar(report).empty()) << "the machine's own finding says it";

  report = made_up_report();
  add_verbs(report, "0-2", "nearest", "mlx5_5", "host");
  add_verbs(report, "pairs", "nearest", "mlx5_5", "host");
  EXPECT_EQ(used_from_afar(report).size(), 1U);
}

TEST(UsedFromAfar, StandsOnceInAReportThatIsDiagnosedTwice) {
  Report report = made_up_report();
  add_verbs(report, "0-2", "nearest", "mlx5_5", "host");
  set_acs(report, true);
  add_copies(report, "next_pairs", 10e9, 0);

  const Report once = diagnosed(report);

  EXPECT_GE(once.findings.size(), 2U);
  EXPECT_EQ(diagnosed(once).findings.size(), once.findings.size());
}

}  // namespace
}  // namespace shortfall
