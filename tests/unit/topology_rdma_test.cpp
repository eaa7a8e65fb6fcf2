// What the kernel's files say of RDMA devices and of the ways to them; from made-up trees.
#include <gtest/gtest.h>

#include "tests/unit/made_up_root.hpp"
#include "topology/devices/adapters.hpp"
#include "topology/parts.hpp"
#include "topology/system/parts.hpp"

namespace shortfall {
namespace {

class RdmaDevices : public MadeUpRoot {
 protected:
  void device(const std::string& name, const std::string& rate) const {
    file("/sys/class/infiniband/" + name + "/ports/1/rate", rate + "\n");
    file("/sys/class/infiniband/" + name + "/ports/1/state", "4: ACTIVE\n");
  }
  RdmaPort port_with(const std::string& rate) const {
    device("mlx5_0", rate);
    return rdma_ports("mlx5_0", root).at(0);
  }
};

TEST_F(RdmaDevices, HavePortsWithLanesOfASpeed) {
  EXPECT_EQ(port_with("400 Gb/sec (4X NDR)").lanes, 4);
  EXPECT_EQ(port_with("400 Gb/sec (4X NDR)").lane_speed, "NDR");
  EXPECT_EQ(port_with("50 Gb/sec (1X HDR)").lanes, 1);
  EXPECT_EQ(port_with("2.5 Gb/sec (1X SDR)").rate, BitRate{2.5e9});
  EXPECT_EQ(port_with("120 Gb/sec (12X QDR)").lanes, 12);
}

TEST_F(RdmaDevices, HaveNoLanesWhereTheLineDoesNotSay) {
  for (const char* line : {"", "400 Gb/sec", "400 Gb/sec ()", "400 Gb/sec (X NDR)", ") X (4X NDR",
                           "400 Gb/sec (99X NDR)", "400 Gb/sec (-4X NDR)", "400 Gb/sec (4X NDR"}) {
    EXPECT_EQ(port_with(line).lanes, 0) << line;
    EXPECT_EQ(port_with(line).lane_speed, "") << line;
  }
}

TEST_F(RdmaDevices, TellTheirBoardAndTheFileOfPrograms) {
  device("mlx5_0", "400 Gb/sec (4X NDR)");
  device("mlx5_1", "400 Gb/sec (4X NDR)");
  file("/sys/class/infiniband/mlx5_0/board_id", "MT_0000000838\n");
  file("/sys/class/infiniband_verbs/abi_version", "6\n");
  file("/sys/class/infiniband_verbs/uverbs7/ibdev", "mlx5_0\n");
  file("/sys/class/infiniband_verbs/uverbs8/ibdev", "mlx5_1\n");
  file("/sys/class/infiniband_verbs/uverbs9/ibdev", "mlx5_2\n");
  file("/dev/infiniband/uverbs7", "");

  const auto nics = survey_nics(root);

  ASSERT_EQ(nics.size(), 2U);
  EXPECT_EQ(nics[0].board, "MT_0000000838");
  EXPECT_EQ(nics[0].verbs_node, "/dev/infiniband/uverbs7");
  EXPECT_EQ(nics[0].verbs_refusal, "");
  EXPECT_EQ(nics[1].verbs_node, "/dev/infiniband/uverbs8");
  EXPECT_EQ(nics[1].verbs_refusal, "No such file or directory");
}

TEST_F(RdmaDevices, AreNotReachedThroughWhatCannotBeOpened) {
  device("mlx5_0", "400 Gb/sec (4X NDR)");
  file("/sys/class/infiniband_verbs/uverbs0/ibdev", "mlx5_0\n");
  file("/dev/infiniband/uverbs0/in_its_place", "");

  EXPECT_EQ(survey_nics(root).at(0).verbs_refusal, "Is a directory");
}

using NvidiaModule = MadeUpRoot;

TEST_F(NvidiaModule, IsAsItSaysOfItself) {
  const std::string path = "/proc/driver/nvidia/version";
  EXPECT_EQ(nvidia_module(root), "");
  file(path, "NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  570.86.10  Release Build\n");
  EXPECT_EQ(nvidia_module(root), "open");
  file(path, "NVRM version: NVIDIA UNIX x86_64 Kernel Module  535.183.01  Sun May 12 2024\n");
  EXPECT_EQ(nvidia_module(root), "proprietary");
  file(path, "something else\n");
  EXPECT_EQ(nvidia_module(root), "");
}

class LockingPrivilege : public MadeUpRoot {
 protected:
  std::optional<bool> with(const std::string& privileges, const std::string& users) const {
    file("/proc/self/status", "Name:\tshortfall\nCapPrm:\t0\nCapEff:\t" + privileges + "\n");
    file("/proc/self/uid_map", users + "\n");
    return survey_limits(root).locks_without_limit;
  }
};

TEST_F(LockingPrivilege, IsOneOfTheUsersOfTheHostItself) {
  const std::string of_host = "         0          0 4294967295";

  EXPECT_EQ(with("000001ffffffffff", of_host), true);
  EXPECT_EQ(with("0000000000004000", of_host), true);
  EXPECT_EQ(with("00000000a80425fb", of_host), false) << "what Docker leaves to root";
  EXPECT_EQ(with("0000000000000000", of_host), false);
  EXPECT_EQ(with("000001ffffffffff", "         0       1000          1"), false);
}

TEST_F(LockingPrivilege, IsUnknownWhereTheFilesDoNotTell) {
  EXPECT_EQ(with("", "0 0 4294967295"), std::nullopt);
  EXPECT_EQ(with("xyz", "0 0 4294967295"), std::nullopt);
  EXPECT_EQ(with("000001ffffffffff", ""), std::nullopt);
}

}  // namespace
}  // namespace shortfall
