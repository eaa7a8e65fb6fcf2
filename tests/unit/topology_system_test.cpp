// How a host is set up: NUMA nodes, clocks, distribution, versions; from made-up trees.
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/unit/made_up_root.hpp"
#include "topology/counters.hpp"
#include "topology/environment.hpp"
#include "topology/survey.hpp"
#include "topology/system_parts.hpp"

namespace shortfall {
namespace {

using Numa = MadeUpRoot;
using CpuState = MadeUpRoot;
using OperatingSystem = MadeUpRoot;
using DriverVersions = MadeUpRoot;

TEST_F(Numa, NodesComeInTheOrderOfTheirNumbers) {
  for (const std::string number : {"0", "2", "10"}) {
    const std::string folder = "/sys/devices/system/node/node" + number;
    file(folder + "/cpulist", number == "10" ? "\n" : "0-3,8-11\n");
    file(folder + "/meminfo",
         "\nNode " + number + " MemTotal:  1024 kB\nNode " + number + " MemFree:   7 kB\n");
    file(folder + "/distance", "10 21 255\n");
  }
  file("/sys/devices/system/node/node1x/cpulist", "77\n");
  file("/sys/devices/system/node/online", "0,2,10\n");

  const auto nodes = numa_nodes({}, root);

  ASSERT_EQ(nodes.size(), 3U);
  EXPECT_EQ(nodes[0], (NumaNode{0, "0-3,8-11", 1_MiB, {10, 21, 255}}));
  EXPECT_EQ(nodes[1].number, 2);
  EXPECT_EQ(nodes[2], (NumaNode{10, "", 1_MiB, {10, 21, 255}}));  // memory of a GPU
}

TEST_F(Numa, HostWithoutNodesIsOneNode) {
  file("/sys/devices/system/cpu/online", "0-7\n");
  file("/proc/meminfo", "MemTotal:       2048 kB\n");

  EXPECT_EQ(numa_nodes({}, root), (std::vector<NumaNode>{{0, "0-7", 2_MiB, {10}}}));
}

TEST_F(Numa, HostWithoutSysHasTheCpusOfCpuinfo) {
  CpuInfo info;
  info.processors = 4;

  EXPECT_EQ(numa_nodes(info, root).at(0).cpus, "0-3");
}

TEST_F(Numa, NothingIsKnownOfAnEmptyTree) { EXPECT_TRUE(numa_nodes({}, root).empty()); }

TEST_F(Numa, DamagedNumbersAreLeftOut) {
  file("/sys/devices/system/node/node0/meminfo", "Node 0 MemTotal: -5 kB\n");
  file("/sys/devices/system/node/node0/distance", "10 x -3 99999999999999999999 21\n");
  file("/sys/devices/system/node/node99999999999999999999/cpulist", "0\n");

  EXPECT_EQ(numa_nodes({}, root), (std::vector<NumaNode>{{0, "", {}, {10, 21}}}));
}

Cpu state_of(const Root& root, const CpuInfo& info = {}) {
  Cpu cpu;
  note_cpu_state(cpu, info, root);
  return cpu;
}

TEST_F(CpuState, HighestClockAndAllGovernorsAreThoseOfThePolicies) {
  const std::string policies = "/sys/devices/system/cpu/cpufreq/policy";
  file(policies + "0/cpuinfo_max_freq", "3400000\n");
  file(policies + "0/scaling_governor", "performance\n");
  file(policies + "4/cpuinfo_max_freq", "3900000\n");
  file(policies + "4/scaling_governor", "powersave\n");
  file(policies + "8/scaling_governor", "performance\n");

  const Cpu cpu = state_of(root);

  EXPECT_EQ(cpu.highest_clock.value, 3.9e9);
  EXPECT_EQ(cpu.governor, "performance,powersave");
}

TEST_F(CpuState, HighestClockIsWhatAnAdministratorAllows) {
  file("/sys/devices/system/cpu/cpu0/cpufreq/cpuinfo_max_freq", "3900000\n");
  file("/sys/devices/system/cpu/cpu0/cpufreq/scaling_max_freq", "2000000\n");

  EXPECT_EQ(state_of(root).highest_clock.value, 2e9);
}

TEST_F(CpuState, SmtAndMicrocodeAreAsTold) {
  file("/sys/devices/system/cpu/smt/control", "forceoff\n");

  const Cpu cpu = state_of(root, parse_cpuinfo("microcode\t: 0x5003604\n"));

  EXPECT_EQ(cpu.smt, "forceoff");
  EXPECT_EQ(cpu.microcode, "0x5003604");
}

TEST_F(CpuState, IsUnknownInAVirtualMachineThatHidesIt) { EXPECT_EQ(state_of(root), Cpu{}); }

TEST_F(OperatingSystem, NameOfTheDistributionIsUnquoted) {
  file("/etc/os-release", "ID=debian\nPRETTY_NAME=\"Debian \\\"12\\\" (bookworm)\"\n");
  EXPECT_EQ(survey_system(root).distribution, "Debian \"12\" (bookworm)");

  file("/etc/os-release", "PRETTY_NAME=Alpine\n");
  EXPECT_EQ(survey_system(root).distribution, "Alpine");

  file("/etc/os-release", "PRETTY_NAME=\"\n");
  EXPECT_EQ(survey_system(root).distribution, "\"");
}

TEST_F(OperatingSystem, DistributionMayStandBelowUsr) {
  file("/usr/lib/os-release", "PRETTY_NAME='Ubuntu 24.04 LTS'\n");

  EXPECT_EQ(survey_system(root).distribution, "Ubuntu 24.04 LTS");
}

TEST_F(OperatingSystem, OnlyTheWordsAboutTheIommuAreKept) {
  file("/proc/cmdline", "root=/dev/sda1 intel_iommu=on quiet iommu=pt my_iommu=x iommu.strict=0\n");

  EXPECT_EQ(survey_system(root).iommu, "intel_iommu=on iommu=pt iommu.strict=0");
}

TEST_F(OperatingSystem, IsTranslatedWhereAGroupOfDevicesIs) {
  file("/sys/kernel/iommu_groups/0/type", "identity\n");
  EXPECT_EQ(survey_system(root).is_translated, false);

  file("/sys/kernel/iommu_groups/1/type", "DMA-FQ\n");
  EXPECT_EQ(survey_system(root).is_translated, true);
}

TEST_F(OperatingSystem, IsTranslatedByAnIommuThatIsNotToldToPassThrough) {
  file("/sys/class/iommu/dmar0/intel-iommu/version", "1:0\n");
  EXPECT_EQ(survey_system(root).is_translated, true);

  file("/proc/cmdline", "intel_iommu=on iommu=pt\n");
  EXPECT_EQ(survey_system(root).is_translated, false);
}

TEST_F(OperatingSystem, IsNotTranslatedWithoutAnIommu) {
  std::filesystem::create_directories(root.path + "/sys/class/iommu");

  EXPECT_EQ(survey_system(root).is_translated, false);
}

TEST_F(OperatingSystem, SaysNothingOfTranslationWhereSysIsHidden) {
  EXPECT_EQ(survey_system(root).is_translated, std::nullopt);
}

TEST_F(DriverVersions, AreThoseOfTheModulesThatCarryData) {
  file("/sys/module/mlx5_core/version", "24.10-0.7.0\n");
  file("/sys/module/ib_core/parameters/x", "1\n");
  file("/sys/module/loop/version", "1\n");

  EXPECT_EQ(driver_versions(root),
            (Variables{{"ib_core", "of the kernel"}, {"mlx5_core", "24.10-0.7.0"}}));
}

TEST_F(DriverVersions, OfNvidiaStandsInProcWhereModulesAreHidden) {
  file("/proc/driver/nvidia/version",
       "NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  570.86.10  Release Build\n"
       "GCC version:  gcc version 12.3.0\n");
  EXPECT_EQ(driver_versions(root), (Variables{{"nvidia", "570.86.10"}}));

  file("/sys/module/nvidia/refcnt", "3\n");
  EXPECT_EQ(driver_versions(root), (Variables{{"nvidia", "570.86.10"}}));
}

TEST_F(DriverVersions, OfNvidiaIsNoWordWithADot) {
  file("/proc/driver/nvidia/version", "NVRM v1.2 . .. 1. x.y\n");

  EXPECT_TRUE(driver_versions(root).empty());
}

TEST(EnvironmentOfAHost, LacksWhatTellsItsRanksApart) {
  const Variables settings{{"CUDA_VISIBLE_DEVICES", "0"},
                           {"NCCL_DEBUG", "INFO"},
                           {"OMPI_MCA_pml", "ucx"},
                           {"SLURM_JOB_ID", "7"}};
  Variables all = settings;
  for (const char* name :
       {"OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_LOCAL_RANK", "OMPI_COMM_WORLD_NODE_RANK",
        "OMPI_MCA_ess_base_vpid", "OMPI_MCA_ess_base_num_procs", "OMPI_MCA_orte_local_daemon_uri",
        "OMPI_MCA_orte_node_regex", "OMPI_MCA_plm", "OMPI_MCA_routed", "PMIX_RANK", "SLURM_PROCID",
        "SLURM_LOCALID", "SLURM_NODEID", "SLURMD_NODENAME", "SLURM_TASK_PID"}) {
    all.emplace_back(name, "3");
  }

  EXPECT_EQ(of_host(all), settings);
}

TEST_F(OperatingSystem, SurvivesAnyBytesInAnyFile) {
  const std::vector<std::string> paths{
      "/proc/1/environ",
      "/proc/7/stat",
      "/proc/cmdline",
      "/proc/cpuinfo",
      "/proc/driver/nvidia/version",
      "/proc/interrupts",
      "/proc/meminfo",
      "/proc/self/cgroup",
      "/proc/self/limits",
      "/proc/self/mountinfo",
      "/etc/os-release",
      "/sys/bus/pci/devices/0000:17:00.0/aer_dev_fatal",
      "/sys/bus/pci/devices/0000:17:00.0/ras/umc_err_count",
      "/sys/class/infiniband/mlx5_0/ports/1/counters/port_rcv_data",
      "/sys/class/net/eth0/statistics/rx_errors",
      "/sys/devices/system/cpu/cpufreq/policy0/cpuinfo_max_freq",
      "/sys/devices/system/cpu/online",
      "/sys/devices/system/edac/mc/mc0/ce_count",
      "/sys/devices/system/node/node0/distance",
      "/sys/devices/system/node/node0/meminfo",
      "/sys/fs/cgroup/cpu.max",
      "/sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages",
      "/sys/kernel/mm/transparent_hugepage/enabled"};
  std::vector<std::string> contents{"",
                                    "\n\n",
                                    ":",
                                    "=",
                                    "[]",
                                    "\"",
                                    ") (",
                                    "-9223372036854775808\n",
                                    "9223372036854775807 9223372036854775807\n",
                                    "Node 0 MemTotal: 9223372036854775807 kB\n",
                                    "0::/\n4:cpu,memory:/../..//\n",
                                    std::string(100'000, ' '),
                                    std::string(100'000, '(')};
  std::string all_bytes;
  for (int byte = 0; byte < 256; ++byte) all_bytes += static_cast<char>(byte);
  contents.push_back(all_bytes + all_bytes);

  for (const std::string& content : contents) {
    for (const std::string& path : paths) file(path, content);
    EXPECT_NO_THROW(survey_host(root)) << content.substr(0, 50);
    EXPECT_NO_THROW(read_counters(root)) << content.substr(0, 50);
  }
}

TEST_F(OperatingSystem, OfThisMachineIsKnown) {
  const Host host = survey_host();

  EXPECT_FALSE(host.numa.empty());
  EXPECT_NE(host.limits.locked_memory, "");
  EXPECT_FALSE(host.os.versions.empty());  // the C library
  EXPECT_LE(host.others.size(), 16U);
}

}  // namespace
}  // namespace shortfall
