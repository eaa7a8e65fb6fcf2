// Adapters that results were measured with, on another NUMA node than the rank.
#include <gtest/gtest.h>

#include "tests/unit/adapters_in_use.hpp"

namespace shortfall {
namespace {

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
