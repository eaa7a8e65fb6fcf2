// Findings on RDMA devices and adapters that cannot be used.
#include <gtest/gtest.h>

#include "diagnosis/rdma/readiness.hpp"
#include "made_up_cluster.hpp"

namespace shortfall {
namespace {

const std::string absent = "No such file or directory";

std::vector<Finding> findings_of(const Host& host) {
  Machine machine;
  machine.hosts = {host};
  return rdma_out_of_reach(machine);
}

void refuse_all(Host& host, const std::string& answer) {
  for (Nic& nic : host.nics) nic.verbs_refusal = answer;
}

void unload(Host& host, const std::string& module) {
  std::erase_if(host.os.versions, [&](const auto& version) { return version.first == module; });
}

// As the kernel shows an adapter whose RDMA device nobody has made.
void take_device(Nic& nic) {
  nic.ports.clear();
  nic.verbs_node.clear();
}

TEST(RdmaOutOfReach, IsNothingOfAHealthyHost) {
  EXPECT_TRUE(findings_of(made_up_host(0)).empty());
  EXPECT_TRUE(findings_of(made_up_server(0)).empty());
}

TEST(RdmaOutOfReach, AreDevicesWhoseFilesAContainerWasNotGiven) {
  Host host = made_up_host(0);
  host.nics.resize(2);
  host.limits.container = "docker";
  refuse_all(host, absent);

  const auto findings = findings_of(host);

  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].kind, "no_rdma_access");
  EXPECT_EQ(findings[0].severity, Finding::Severity::warn);
  EXPECT_EQ(findings[0].device, "mlx5_0, mlx5_1");
  EXPECT_EQ(findings[0].value, 2);
  EXPECT_NE(findings[0].reason.find("/dev/infiniband/uverbs0 (No such file or directory)"),
            std::string::npos)
      << findings[0].reason;
  EXPECT_NE(findings[0].action.find("--device=/dev/infiniband --cap-add=IPC_LOCK"),
            std::string::npos);
}

TEST(RdmaOutOfReach, AreNotTheDevicesOfOthersThatAContainerSees) {
  Host host = made_up_host(0);
  host.limits.container = "kubernetes";
  refuse_all(host, absent);
  host.nics[3].verbs_refusal.clear();

  EXPECT_TRUE(findings_of(host).empty());
}

TEST(RdmaOutOfReach, IsEachDeviceThatAHostRefuses) {
  Host host = made_up_host(0);
  host.nics[3].verbs_refusal = "Permission denied";

  const auto findings = findings_of(host);

  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].device, "mlx5_3");
  EXPECT_NE(findings[0].action.find("ls -l /dev/infiniband"), std::string::npos);
}

TEST(RdmaOutOfReach, IsNotADeviceWithoutALink) {
  Host host = made_up_host(0);
  host.nics[3].verbs_refusal = "Permission denied";
  host.nics[3].ports[0].state = "DOWN";

  EXPECT_TRUE(findings_of(host).empty());
}

TEST(RdmaOutOfReach, AreAllDevicesWithoutTheModuleForPrograms) {
  Host host = made_up_host(0);
  for (Nic& nic : host.nics) nic.verbs_node.clear();
  EXPECT_TRUE(findings_of(host).empty()) << "the module is there: the file is not told, no more";

  unload(host, "ib_uverbs");
  const auto findings = findings_of(host);

  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].kind, "no_rdma_access");
  EXPECT_NE(findings[0].action.find("modprobe ib_uverbs"), std::string::npos);

  host.os.versions.clear();  // a container that hides modules
  EXPECT_TRUE(findings_of(host).empty());
}

TEST(RdmaOutOfReach, AreAdaptersThatNobodyDrives) {
  Host host = made_up_host(0);
  take_device(host.nics[4]);
  host.nics[4].driver.clear();

  const auto findings = findings_of(host);

  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].kind, "no_rdma_device");
  EXPECT_EQ(findings[0].device, "mlx5_4");
  EXPECT_NE(
      findings[0].reason.find("1 adapter (Mellanox ConnectX-7) has no RDMA device: no driver"),
      std::string::npos)
      << findings[0].reason;
}

TEST(RdmaOutOfReach, AreAdaptersWithoutTheModuleThatMakesDevices) {
  Host host = made_up_host(0);
  for (Nic& nic : host.nics) take_device(nic);
  unload(host, "mlx5_ib");

  const auto findings = findings_of(host);

  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].value, 10);
  EXPECT_NE(findings[0].reason.find("mlx5_ib is not loaded"), std::string::npos);
}

TEST(RdmaOutOfReach, AreNotAdaptersThatAreGivenAwayOrShareADevice) {
  Host given = made_up_host(0), bond = made_up_host(0), roce_is_off = made_up_host(0);
  take_device(given.nics[4]);
  given.nics[4].driver = "vfio-pci";
  take_device(bond.nics[9]);
  bond.nics[9].slot.address = "0000:58:00.1";
  ASSERT_EQ(bond.nics[8].slot.address, "0000:58:00.0");
  unload(bond, "mlx5_ib");
  take_device(roce_is_off.nics[4]);

  EXPECT_TRUE(findings_of(given).empty());
  EXPECT_TRUE(findings_of(bond).empty());
  EXPECT_TRUE(findings_of(roce_is_off).empty());
}

TEST(RdmaOutOfReach, AreAllAdaptersOfAContainerThatWasGivenNone) {
  Host host = made_up_host(0);
  host.limits.container = "docker";
  take_device(host.nics[0]);
  EXPECT_TRUE(findings_of(host).empty()) << "it has its share";

  for (Nic& nic : host.nics) take_device(nic);
  const auto findings = findings_of(host);

  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].value, 10);
  EXPECT_NE(findings[0].action.find("docker run"), std::string::npos);
}

TEST(RdmaOutOfReach, OfManyHostsIsToldWithinLimits) {
  Machine machine;
  machine.hosts = made_up_cluster(40);
  for (Host& host : machine.hosts) refuse_all(host, absent);

  const auto findings = rdma_out_of_reach(machine);

  ASSERT_EQ(findings.size(), 17U);
  EXPECT_EQ(findings.back().value, 24);
}

}  // namespace
}  // namespace shortfall
