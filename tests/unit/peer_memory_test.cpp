// Findings on adapters that cannot reach the memory of GPUs.
#include <gtest/gtest.h>

#include "diagnosis/rdma/readiness.hpp"
#include "made_up_cluster.hpp"

namespace shortfall {
namespace {

std::vector<Finding> findings_of(const Host& host) {
  Machine machine;
  machine.hosts = {host};
  return missing_peer_memory(machine);
}

// With GPUs, adapters, and nothing that lends memory of the GPUs.
Host host_without_peer_memory() {
  Host host = made_up_host(0);
  host.os.nvidia_module = "proprietary";
  std::erase_if(host.os.versions,
                [](const auto& version) { return version.first == "nvidia_peermem"; });
  return host;
}

TEST(MissingPeerMemory, IsNotSaidOfAHealthyHost) {
  EXPECT_TRUE(findings_of(made_up_host(0)).empty());
}

TEST(MissingPeerMemory, IsSaidWhereTheDriverIsProprietaryAndItsModuleIsNotLoaded) {
  const auto findings = findings_of(host_without_peer_memory());

  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].kind, "no_peer_memory");
  EXPECT_EQ(findings[0].severity, Finding::Severity::warn);
  EXPECT_EQ(findings[0].device, "mlx5_0");
  EXPECT_NE(findings[0].reason.find("open kernel modules"), std::string::npos);
  EXPECT_NE(findings[0].action.find("modprobe nvidia_peermem"), std::string::npos);
}

TEST(MissingPeerMemory, IsNotSaidWhereEitherModuleIsLoaded) {
  for (const char* module : {"nvidia_peermem", "nv_peer_mem"}) {
    Host host = host_without_peer_memory();
    host.os.versions.emplace_back(module, "of the kernel");
    EXPECT_TRUE(findings_of(host).empty()) << module;
  }
}

TEST(MissingPeerMemory, IsSaidOfOldKernelsAlsoWithOpenModules) {
  Host host = host_without_peer_memory();
  host.os.nvidia_module = "open";
  for (const char* kernel : {"Linux 5.4.0-150-generic", "Linux 5.11.22", "Linux 4.18.0"}) {
    host.os.kernel = kernel;
    ASSERT_EQ(findings_of(host).size(), 1U) << kernel;
    EXPECT_NE(findings_of(host)[0].reason.find(kernel), std::string::npos);
  }
  for (const char* kernel :
       {"Linux 5.12.0", "Linux 5.15.0-1062-nvidia", "Linux 6.1.0+", "Linux 10.0",
        "Linux 4.18.0-553.el8_10.x86_64", "Linux", "", "Linux x.y"}) {
    host.os.kernel = kernel;
    EXPECT_TRUE(findings_of(host).empty()) << kernel;
  }
}

TEST(MissingPeerMemory, IsNotSaidWhereNobodyKnows) {
  Host unknown = host_without_peer_memory(), hidden = host_without_peer_memory();
  unknown.os.nvidia_module.clear();
  hidden.os.versions = {{"nvidia", "570.86.10"}};  // a container that hides modules

  EXPECT_TRUE(findings_of(unknown).empty());
  EXPECT_TRUE(findings_of(hidden).empty());
}

TEST(MissingPeerMemory, IsNotSaidWhereNothingWouldUseIt) {
  Host no_gpus = host_without_peer_memory(), others = host_without_peer_memory(),
       no_link = host_without_peer_memory(), software = host_without_peer_memory();
  no_gpus.gpus.clear();
  for (Gpu& gpu : others.gpus) gpu.driver = "vfio-pci";
  for (Nic& nic : no_link.nics) nic.ports[0].state = "DOWN";
  for (Nic& nic : software.nics) nic.vendor = "software";

  EXPECT_TRUE(findings_of(no_gpus).empty());
  EXPECT_TRUE(findings_of(others).empty());
  EXPECT_TRUE(findings_of(no_link).empty());
  EXPECT_TRUE(findings_of(software).empty());
}

}  // namespace
}  // namespace shortfall
