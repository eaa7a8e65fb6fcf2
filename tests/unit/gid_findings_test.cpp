// Findings on addresses of Ethernet ports.
#include <gtest/gtest.h>

#include "diagnosis/drift/drift.hpp"
#include "diagnosis/rdma/readiness.hpp"
#include "made_up_cluster.hpp"

namespace shortfall {
namespace {

const std::string link_local = "fe80:0000:0000:0000:a288:c2ff:fe00:0000";
const std::string ip_address = "0000:0000:0000:0000:0000:ffff:0a00:0001";

std::vector<Gid> usual_gids() {
  return {{0, "IB/RoCE v1", link_local},
          {1, "RoCE v2", link_local},
          {2, "IB/RoCE v1", ip_address},
          {3, "RoCE v2", ip_address}};
}

// With adapters of Ethernet alone.
Host host_with(std::size_t adapters) {
  Host host = made_up_server(0);
  for (std::size_t i = 0; i < adapters; ++i) {
    host.nics.push_back(made_up_nic(0, 8 + static_cast<int>(i)));
    host.nics.back().ports[0].gids = usual_gids();
  }
  return host;
}

void take_address(Nic& nic) { nic.ports[0].gids.resize(2); }

std::vector<Finding> findings_of(const Host& host) {
  Machine machine;
  machine.hosts = {host};
  return unsuited_gids(machine);
}

TEST(UnsuitedGids, AreNoneOfHealthyHosts) {
  EXPECT_TRUE(findings_of(made_up_host(0)).empty()) << "link-local is usual on InfiniBand";
  EXPECT_TRUE(findings_of(host_with(4)).empty());
  EXPECT_TRUE(findings_of(made_up_server(0)).empty());
}

TEST(UnsuitedGids, AreThoseOfAHostWhoseInterfacesHaveNoAddress) {
  Host host = host_with(2);
  for (Nic& nic : host.nics) take_address(nic);

  const auto findings = findings_of(host);

  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].kind, "unroutable_gid");
  EXPECT_EQ(findings[0].severity, Finding::Severity::warn);
  EXPECT_EQ(findings[0].device, "mlx5_8/1, mlx5_9/1");
  EXPECT_EQ(findings[0].value, 2);
  EXPECT_EQ(findings[0].unit, "ports");
  EXPECT_NE(findings[0].reason.find("2 ACTIVE Ethernet ports have link-local GIDs alone"),
            std::string::npos)
      << findings[0].reason;
  EXPECT_NE(findings[0].action.find("ip address add"), std::string::npos);
  EXPECT_NE(findings[0].action.find("dev eth8"), std::string::npos);
}

TEST(UnsuitedGids, AreThoseOfOnePortWhereLikePortsHaveAnAddress) {
  Host host = host_with(4);
  take_address(host.nics[2]);

  const auto findings = findings_of(host);

  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].device, "mlx5_10/1");
}

TEST(UnsuitedGids, AreNotThoseOfPortsThatAreMeantForSomethingElse) {
  Host another = host_with(4), infiniband = made_up_host(0), elsewhere = host_with(1),
       down = host_with(1);
  take_address(another.nics[2]);
  another.nics[2].ports[0].rate = {25e9};
  for (const std::size_t nic : {8U, 9U}) infiniband.nics[nic].ports[0].gids.resize(1);
  take_address(elsewhere.nics[0]);
  elsewhere.nics[0].interfaces.clear();  // another container has it
  take_address(down.nics[0]);
  down.nics[0].ports[0].state = "DOWN";

  EXPECT_TRUE(findings_of(another).empty());
  EXPECT_TRUE(findings_of(infiniband).empty());
  EXPECT_TRUE(findings_of(elsewhere).empty());
  EXPECT_TRUE(findings_of(down).empty());
}

TEST(UnsuitedGids, AreNotThoseOfAPartOfABondOrOfAHypervisorsInterface) {
  Host host = host_with(2);
  for (Nic& nic : host.nics) {
    take_address(nic);
    nic.interfaces[0].master = "eth0";
  }

  EXPECT_TRUE(findings_of(host).empty());
}

TEST(UnsuitedGids, AreOfVersionOneAloneWhereOthersOfTheModelHaveVersionTwo) {
  Host host = host_with(2);
  host.nics[1].ports[0].gids = {{0, "IB/RoCE v1", link_local}, {1, "IB/RoCE v1", ip_address}};

  const auto findings = findings_of(host);

  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].kind, "roce_v1_only");
  EXPECT_EQ(findings[0].device, "mlx5_9/1");

  host.nics[1].model = "ConnectX-3";  // knows no other
  EXPECT_TRUE(findings_of(host).empty());
}

TEST(UnsuitedGids, AreNotToldOfTypesThatNobodyTells) {
  Host host = host_with(2);
  for (Gid& gid : host.nics[1].ports[0].gids) gid.type.clear();
  host.environment = {{"NCCL_IB_GID_INDEX", "0"}};

  const auto findings = findings_of(host);

  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].device, "mlx5_8/1");
}

TEST(UnsuitedGids, AreChosenByAVariableWhileThePortHasABetterOne) {
  const std::vector<std::pair<const char*, const char*>> choices{
      {"1", "entry 1 of mlx5_8/1 is link-local, while entry 3 is of RoCE v2"},
      {"2", "entry 2 of mlx5_8/1 is of IB/RoCE v1"},
      {"5", "entry 5 of mlx5_8/1 is not set"}};
  for (const auto& [index, words] : choices) {
    Host host = host_with(2);
    host.environment = {{"NCCL_IB_GID_INDEX", index}};

    const auto findings = findings_of(host);

    ASSERT_EQ(findings.size(), 1U) << index;
    EXPECT_EQ(findings[0].kind, "unsuited_gid_index");
    EXPECT_EQ(findings[0].metric, "NCCL_IB_GID_INDEX");
    EXPECT_EQ(findings[0].value, 2);
    EXPECT_NE(findings[0].reason.find(words), std::string::npos) << findings[0].reason;
  }
}

TEST(UnsuitedGids, AreNotChosenOnPortsThatNcclLeavesOut) {
  Host host = host_with(2);
  host.environment = {
      {"NCCL_IB_GID_INDEX", "1"}, {"NCCL_IB_HCA", "mlx5_8"}, {"UCX_IB_GID_INDEX", "1"}};

  const auto findings = findings_of(host);

  ASSERT_EQ(findings.size(), 2U);
  EXPECT_EQ(findings[0].device, "mlx5_8/1");
  EXPECT_EQ(findings[1].device, "mlx5_8/1, mlx5_9/1") << "UCX does not read NCCL's list";
}

TEST(UnsuitedGids, AreNotChosenByAVariableThatSuitsOrLeavesTheChoice) {
  for (const char* index : {"3", "-1", "auto", ""}) {
    Host host = host_with(2);
    host.environment = {{"NCCL_IB_GID_INDEX", index}, {"UCX_IB_GID_INDEX", index}};
    EXPECT_TRUE(findings_of(host).empty()) << index;
  }
  Host nothing_better = host_with(2);
  for (Nic& nic : nothing_better.nics) nic.ports[0].gids.resize(3);
  nothing_better.environment = {{"UCX_IB_GID_INDEX", "0"}};
  EXPECT_TRUE(findings_of(nothing_better).empty());
}

TEST(UnsuitedGids, AreNotSaidAgainWhereDriftSaysIt) {
  Machine machine;
  for (int i = 0; i < 4; ++i) {
    machine.hosts.push_back(host_with(2));
    machine.hosts.back().name += std::to_string(i);
  }
  machine.hosts[1].nics[0].ports[0].gids.resize(2);
  machine.hosts[1].nics[1].ports[0].gids.resize(2);
  ASSERT_EQ(unsuited_gids(machine).size(), 1U);

  machine.drift = drift_of(machine.hosts);

  EXPECT_TRUE(unsuited_gids(machine).empty());
}

}  // namespace
}  // namespace shortfall
