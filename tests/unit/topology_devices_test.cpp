// Memory within limits, and the GPUs and RDMA devices that are plugged in, from made-up trees.
#include <gtest/gtest.h>

#include "tests/unit/made_up_root.hpp"
#include "topology/parts.hpp"

namespace shortfall {
namespace {

class HostMemory : public MadeUpRoot {
 protected:
  HostMemory() {
    file("/proc/meminfo",
         "MemTotal:       1024 kB\nMemFree:         100 kB\nMemAvailable:    800 kB\n");
  }
};

TEST_F(HostMemory, IsTheHostsWithoutAGroup) {
  const MemorySizes sizes = memory_sizes(root);

  EXPECT_EQ(sizes.total, 1024_KiB);
  EXPECT_EQ(sizes.available, 800_KiB);
}

TEST_F(HostMemory, IsWhatTheGroupAllows) {
  file("/proc/self/cgroup", "0::/job\n");
  file("/sys/fs/cgroup/job/memory.max", "524288\n");
  file("/sys/fs/cgroup/job/memory.current", "262144\n");

  const MemorySizes sizes = memory_sizes(root);

  EXPECT_EQ(sizes.total, 512_KiB);
  EXPECT_EQ(sizes.available, 256_KiB);
}

TEST_F(HostMemory, IsTheHostsWhereTheGroupHasNoLimit) {
  file("/proc/self/cgroup", "0::/job\n");
  file("/sys/fs/cgroup/job/memory.max", "max\n");

  EXPECT_EQ(memory_sizes(root).total, 1024_KiB);
}

TEST_F(HostMemory, IsBoundByTheGroupsAbove) {
  file("/proc/self/cgroup", "0::/slurm/job/step\n");
  file("/sys/fs/cgroup/slurm/job/step/memory.max", "max\n");
  file("/sys/fs/cgroup/slurm/job/memory.max", "131072\n");

  EXPECT_EQ(memory_sizes(root).total, 128_KiB);
}

TEST_F(HostMemory, HeldByFilesThatCanBeDroppedIsAvailable) {
  file("/proc/self/cgroup", "0::/\n");
  file("/sys/fs/cgroup/memory.max", "524288\n");
  file("/sys/fs/cgroup/memory.current", "524288\n");
  file("/sys/fs/cgroup/memory.stat", "anon 1\ninactive_file_x 7\ninactive_file 131072\n");

  EXPECT_EQ(memory_sizes(root).available, 128_KiB);
}

TEST_F(HostMemory, IsLimitedByVersionOneToo) {
  file("/proc/self/cgroup", "5:cpu:/x\n4:memory:/job\n0::/\n");
  file("/sys/fs/cgroup/memory/job/memory.limit_in_bytes", "9223372036854771712\n");
  file("/sys/fs/cgroup/memory/memory.limit_in_bytes", "262144\n");
  file("/sys/fs/cgroup/memory/memory.usage_in_bytes", "65536\n");

  const MemorySizes sizes = memory_sizes(root);

  EXPECT_EQ(sizes.total, 256_KiB);
  EXPECT_EQ(sizes.available, 192_KiB);
}

class PluggedIn : public MadeUpRoot {
 protected:
  void pci(const std::string& address, std::string_view class_code, std::string_view vendor,
           std::string_view device = "0x0001") const {
    const std::string folder = "/sys/bus/pci/devices/" + address;
    file(folder + "/class", class_code);
    file(folder + "/vendor", vendor);
    file(folder + "/device", device);
  }
};

// "NVIDIA 0000:17:00.0" of each.
std::vector<std::string> gpus_below(const Root& root) {
  std::vector<std::string> found;
  for (const Gpu& gpu : survey_gpus(root)) found.push_back(gpu.vendor + " " + gpu.slot.address);
  return found;
}

// "Mellanox mlx5_0 0000:18:00.0" of each that can do RDMA.
std::vector<std::string> rdma_below(const Root& root) {
  std::vector<std::string> found;
  for (const Nic& nic : survey_nics(root)) {
    if (nic.is_rdma()) found.push_back(nic.vendor + " " + nic.name + " " + nic.slot.address);
  }
  return found;
}

using Found = std::vector<std::string>;

TEST_F(PluggedIn, GpusOfNvidiaAndAmdAreSeen) {
  pci("0000:17:00.0", "0x030200\n", "0x10de\n");
  pci("0000:65:00.0", "0x120000\n", "0x1002\n");
  pci("0000:66:00.0", "0x038000\n", "0x1002\n");

  EXPECT_EQ(gpus_below(root),
            (Found{"NVIDIA 0000:17:00.0", "AMD 0000:65:00.0", "AMD 0000:66:00.0"}));
}

TEST_F(PluggedIn, DisplaysOfAManagementControllerAndOfQemuAreNoGpus) {
  pci("0000:03:00.0", "0x030000\n", "0x1a03\n");
  pci("0000:04:00.0", "0x030000\n", "0x1af4\n");

  EXPECT_EQ(gpus_below(root), Found{});
  EXPECT_EQ(rdma_below(root), Found{});
}

TEST_F(PluggedIn, NvidiasSwitchesAndSoundAreNoGpus) {
  pci("0000:05:00.0", "0x068000\n", "0x10de\n");
  pci("0000:06:00.1", "0x040300\n", "0x10de\n");

  EXPECT_EQ(gpus_below(root), Found{});
  EXPECT_EQ(rdma_below(root), Found{});
}

TEST_F(PluggedIn, SecondDisplayOfAnIntelDesktopProcessorIsNoGpu) {
  pci("0000:00:02.0", "0x038000\n", "0x8086\n");
  pci("0000:4d:00.0", "0x038000\n", "0x8086\n");

  EXPECT_EQ(gpus_below(root), Found{"Intel 0000:4d:00.0"});
}

TEST_F(PluggedIn, InfinibandAndMellanoxEthernetAreRdma) {
  pci("0000:18:00.0", "0x020700\n", "0x15b3\n");
  pci("0000:19:00.0", "0x020000\n", "0x15b3\n");

  EXPECT_EQ(rdma_below(root),
            (Found{"Mellanox 0000:18:00.0 0000:18:00.0", "Mellanox 0000:19:00.0 0000:19:00.0"}));
}

TEST_F(PluggedIn, AmazonsFabricAdapterIsRdmaButItsEthernetIsNot) {
  pci("0000:00:05.0", "0x020000\n", "0x1d0f\n", "0xec20\n");
  pci("0000:00:06.0", "0x020000\n", "0x1d0f\n", "0xefa2\n");

  EXPECT_EQ(rdma_below(root), Found{"Amazon 0000:00:06.0 0000:00:06.0"});
}

TEST_F(PluggedIn, AdapterIsRdmaWhereItsDriverSaysSo) {
  pci("0000:21:00.0", "0x020000\n", "0x14e4\n");
  pci("0000:22:00.0", "0x020000\n", "0x14e4\n");
  link("/sys/class/infiniband/bnxt_re0/device", "../../../0000:21:00.0");

  EXPECT_EQ(rdma_below(root), Found{"Broadcom bnxt_re0 0000:21:00.0"});
}

TEST_F(PluggedIn, DeviceKnownFromBothPlacesIsSeenOnce) {
  pci("0000:18:00.0", "0x020700\n", "0x15b3\n");
  link("/sys/class/infiniband/mlx5_0/device", "../../../0000:18:00.0");

  EXPECT_EQ(rdma_below(root), Found{"Mellanox mlx5_0 0000:18:00.0"});
}

TEST_F(PluggedIn, RdmaInSoftwareHasItsNameAsAddress) {
  file("/sys/class/infiniband/rxe0/node_type", "1: CA\n");

  EXPECT_EQ(rdma_below(root), Found{"software rxe0 "});
}

TEST_F(PluggedIn, VendorWithoutANameIsShownByItsNumber) {
  pci("0000:18:00.0", "0x020700\n", "0x1fc1\n");

  EXPECT_EQ(survey_nics(root).at(0).vendor, "0x1fc1");
}

}  // namespace
}  // namespace shortfall
