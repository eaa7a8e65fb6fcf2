// From the kernel's files to what is said of RDMA before anything is measured.
#include <gtest/gtest.h>

#include "diagnosis/machine.hpp"
#include "diagnosis/rdma/readiness.hpp"
#include "made_up_cluster.hpp"
#include "tests/unit/recorded_root.hpp"
#include "topology/survey.hpp"

namespace shortfall {
namespace {

using ReadinessOfRdma = MadeUpRoot;

TEST_F(ReadinessOfRdma, IsToldOfDevicesWithoutTheirFiles) {
  file("/sys/class/infiniband/mlx5_0/ports/1/state", "4: ACTIVE\n");
  file("/sys/class/infiniband_verbs/uverbs0/ibdev", "mlx5_0\n");
  Machine machine;
  machine.hosts = {survey_host(root)};

  const auto findings = rdma_readiness(machine);

  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].kind, "no_rdma_access");
  EXPECT_NE(findings[0].reason.find("/dev/infiniband/uverbs0"), std::string::npos);
}

class RecordedMachines : public RecordedRoot {
 protected:
  std::vector<std::string> found_on(std::string_view tree) {
    std::filesystem::remove_all(root.path);
    expand(tree);
    Machine machine;
    machine.hosts = {survey_host(root)};
    std::vector<std::string> found;
    for (const Finding& finding : rdma_readiness(machine)) {
      found.push_back(finding.kind + " " + finding.device + ": " + finding.reason);
    }
    return found;
  }
};

TEST_F(RecordedMachines, OfHealthyHostsHaveNothingInTheWayOfRdma) {
  for (const char* tree : {"dgx_h100", "mi300x", "cloud_vm"}) {
    EXPECT_EQ(found_on(tree), std::vector<std::string>()) << tree;
  }
}

TEST_F(RecordedMachines, TellTheOneRailThatIsDown) {
  EXPECT_EQ(found_on("dgx_h100_degraded"),
            (std::vector<std::string>{"degraded_link mlx5_10/1: it has no link (DOWN, Disabled), "
                                      "while the other 7 ports of like adapters are ACTIVE"}));
}

// One fault of every kind.
Host unready_host() {
  Host host = made_up_host(0);
  host.nics[0].ports[0].lanes = 1;
  host.nics[1].verbs_refusal = "Permission denied";
  host.nics[2].ports.clear();
  host.nics[2].driver.clear();
  host.nics[8].ports[0].gids.resize(1);
  host.environment = {{"NCCL_IB_GID_INDEX", "0"}};
  host.os.nvidia_module = "proprietary";
  std::erase_if(host.os.versions,
                [](const auto& version) { return version.first == "nvidia_peermem"; });
  return host;
}

TEST(MachineFindings, TellEveryFaultOfRdmaOnce) {
  Machine machine;
  machine.hosts = {unready_host()};
  std::vector<std::string> kinds;
  for (const Finding& finding : machine_findings(machine)) {
    EXPECT_TRUE(is_of_machine(finding.kind)) << finding.kind;
    EXPECT_NE(finding.reason, "");
    EXPECT_NE(finding.action, "");
    kinds.push_back(finding.kind);
  }

  EXPECT_EQ(kinds,
            (std::vector<std::string>{"degraded_link", "roce_v1_only", "unsuited_gid_index",
                                      "no_rdma_access", "no_rdma_device", "no_peer_memory"}));
}

}  // namespace
}  // namespace shortfall
