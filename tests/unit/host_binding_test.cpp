// Findings on where ranks run; how they are bound is tested in binding_test.cpp.
#include <gtest/gtest.h>

#include <algorithm>

#include "diagnosis/binding.hpp"
#include "made_up_cluster.hpp"

namespace shortfall {
namespace {

// Of the made-up server, whose CPUs 0 and 112 are one core, and whose node 1 begins at CPU 56.
Binding bound(int rank, const std::string& cpus, const std::string& cores = "") {
  return {.rank = rank,
          .host = "node00000",
          .found = cpus,
          .set = cpus,
          .by = "launcher",
          .cores = cores};
}

Machine machine_with(const Host& host, std::vector<Binding> bindings) {
  Machine machine;
  machine.hosts = {host};
  machine.bindings = std::move(bindings);
  return machine;
}

std::vector<Finding> findings_of(std::vector<Binding> bindings) {
  return binding_findings(machine_with(made_up_server(0), std::move(bindings)));
}

TEST(BindingFindings, AreNoneWhereEachRankHasACore) {
  EXPECT_TRUE(findings_of({bound(0, "0,112", "0"), bound(1, "1,113", "1")}).empty());
  EXPECT_TRUE(findings_of({bound(0, "0-223"), bound(1, "0-223")}).empty()) << "nobody is bound";
  EXPECT_TRUE(findings_of({bound(0, "0-1"), bound(1, "0"), bound(2, "0-2")}).empty());
  EXPECT_TRUE(findings_of({bound(0, "0")}).empty());
  EXPECT_TRUE(findings_of({}).empty());
}

TEST(BindingFindings, AreRanksOnOneCoreWhileOthersAreFree) {
  const auto findings = findings_of({bound(0, "0-1"), bound(1, "0-1"), bound(2, "0-1")});

  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].kind, "shared_core");
  EXPECT_EQ(findings[0].host, "node00000");
  EXPECT_EQ(findings[0].rank, 2);
  EXPECT_EQ(findings[0].value, 1);
  EXPECT_NE(findings[0].action.find("mpirun --map-by ppr:3:node:PE=37 --bind-to core"),
            std::string::npos)
      << findings[0].action;
  EXPECT_NE(findings[0].action.find("srun --ntasks-per-node=3 --cpus-per-task=74 --cpu-bind=cores"),
            std::string::npos);
}

TEST(BindingFindings, TakeTwoHyperthreadsForOneCore) {
  const auto findings = findings_of({bound(0, "7", "7"), bound(1, "119", "7")});

  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].kind, "all_on_one_core");
}

TEST(BindingFindings, AreAllRanksOnCoreZero) {
  const auto findings = findings_of({bound(0, "0"), bound(1, "0"), bound(2, "0"), bound(3, "0")});

  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].kind, "all_on_one_core");
  EXPECT_EQ(findings[0].value, 3);
  EXPECT_NE(findings[0].reason.find("all 4 ranks run on core 0"), std::string::npos);
}

TEST(BindingFindings, AreNoneWhereRanksOutnumberCores) {
  std::vector<Binding> bindings{bound(0, "0"), bound(1, "0")};
  for (Binding& binding : bindings) binding.is_shared = true;

  EXPECT_TRUE(findings_of(bindings).empty());
}

TEST(BindingFindings, AreNoneWhereShortfallMendedWhatTheLauncherLeft) {
  std::vector<Binding> bindings{bound(0, "0-55"), bound(1, "56-111")};
  for (Binding& binding : bindings) {
    binding.found = "0-223";
    binding.by = "shortfall";
  }

  EXPECT_TRUE(findings_of(bindings).empty());
}

TEST(BindingFindings, AreRanksAwayFromTheirGpu) {
  std::vector<Binding> bindings{bound(0, "0-13"), bound(1, "14-27")};
  bindings[0].gpu = "0000:1b:00.0";  // node 0
  bindings[1].gpu = "0000:9d:00.0";  // node 1
  const Machine machine = machine_with(made_up_host(0), bindings);

  const auto findings = binding_findings(machine);

  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].kind, "far_from_gpu");
  EXPECT_EQ(findings[0].rank, 1);
  EXPECT_EQ(findings[0].device, "0000:9d:00.0");
  EXPECT_NE(findings[0].action.find("--map-by ppr:1:numa"), std::string::npos);
  EXPECT_NE(findings[0].action.find("--gpu-bind=closest"), std::string::npos);
}

TEST(BindingFindings, AreHostsWithNoRankBesideAnAdapter) {
  Host host = made_up_server(0);
  host.nics = {made_up_nic(0, 5)};  // node 1

  const auto far = binding_findings(machine_with(host, {bound(0, "0-3"), bound(1, "4-7")}));
  const auto near = binding_findings(machine_with(host, {bound(0, "0-3"), bound(1, "56-59")}));

  ASSERT_EQ(far.size(), 1U);
  EXPECT_EQ(far[0].kind, "far_from_nic");
  EXPECT_EQ(far[0].device, "mlx5_5");
  EXPECT_NE(far[0].action.find("map_ldom:1"), std::string::npos);
  EXPECT_TRUE(near.empty());
}

TEST(BindingFindings, DoNotDependOnTheOrderOfRanksAndHosts) {
  Machine machine = machine_with(made_up_server(0), {bound(0, "0"), bound(1, "0"), bound(2, "1")});
  const auto first = binding_findings(machine);
  std::ranges::reverse(machine.bindings);

  const auto second = binding_findings(machine);

  ASSERT_EQ(first.size(), 1U);
  EXPECT_EQ(first[0].reason, second.at(0).reason);
}

TEST(BindingFindings, OfThousandsOfHostsAreToldWithinLimits) {
  Machine machine;
  for (int i = 0; i < 100; ++i) {
    machine.hosts.push_back(made_up_server(i));
    for (int rank = 0; rank < 2; ++rank) {
      machine.bindings.push_back(bound(2 * i + rank, "0"));
      machine.bindings.back().host = machine.hosts.back().name;
    }
  }

  const auto findings = binding_findings(machine);

  ASSERT_EQ(findings.size(), 17U);
  EXPECT_EQ(findings.back().value, 84);
}

}  // namespace
}  // namespace shortfall
