// What a survey reads of the processors, of their clock and of the host, from made-up trees and
// from this machine.
#include <gtest/gtest.h>

#include "tests/unit/made_up_root.hpp"
#include "topology/parts.hpp"
#include "topology/survey.hpp"

namespace shortfall {
namespace {

constexpr std::string_view cascade_lake =
    "processor\t: 0\n"
    "vendor_id\t: GenuineIntel\n"
    "cpu family\t: 6\n"
    "model\t\t: 85\n"
    "model name\t: Intel(R) Xeon(R) Processor @ 2.50GHz\n"
    "cpu MHz\t\t: 3100.000\n"
    "flags\t\t: fpu sse2 avx fma avx2 hypervisor avx512f avx512_vnni\n"
    "\n"
    "processor\t: 1\n"
    "model name\t: another one\n";

constexpr std::string_view epyc =
    "processor\t: 0\n"
    "vendor_id\t: AuthenticAMD\n"
    "cpu family\t: 25\n"
    "model\t\t: 17\n"
    "model name\t: AMD EPYC 9654 96-Core Processor\n"
    "cpu MHz\t\t: 2400.000\n"
    "flags\t\t: sse2 avx fma avx2 avx512f avx512_bf16\n";

constexpr std::string_view neoverse_v2 =
    "processor\t: 0\n"
    "Features\t: fp asimd sve sve2 bf16\n"
    "CPU implementer\t: 0x41\n"
    "CPU architecture: 8\n"
    "CPU part\t: 0xd4f\n";

Clock clock_of(std::string_view cpuinfo, const Root& root) {
  return nominal_clock(parse_cpuinfo(cpuinfo), root);
}

using Cpuinfo = MadeUpRoot;
using NominalClock = MadeUpRoot;
using ProcessorShape = MadeUpRoot;
using HostSurvey = MadeUpRoot;

TEST_F(Cpuinfo, FirstProcessorIsTheOneThatCounts) {
  const CpuInfo info = parse_cpuinfo(cascade_lake);

  EXPECT_EQ(info.field("model name"), "Intel(R) Xeon(R) Processor @ 2.50GHz");
  EXPECT_EQ(info.processors, 2);
}

TEST_F(Cpuinfo, FamilyModelAndWidestIsaAreKept) {
  const Cpu cpu = identify_cpu(parse_cpuinfo(cascade_lake), root);

  EXPECT_EQ(cpu.vendor, "GenuineIntel");
  EXPECT_EQ(cpu.family, 6);
  EXPECT_EQ(cpu.model_number, 85);
  EXPECT_EQ(cpu.isa, "avx512");
  EXPECT_EQ(cpu.features, (std::vector<std::string>{"fma", "avx512_vnni"}));
}

TEST_F(Cpuinfo, ArmCoreGetsTheNameOfItsNumbers) {
  const Cpu cpu = identify_cpu(parse_cpuinfo(neoverse_v2), root);

  EXPECT_EQ(cpu.model, "Neoverse V2");
  EXPECT_EQ(cpu.isa, "sve");
}

TEST_F(Cpuinfo, ArmCoreIsNotCalledByItsArchitecture) {
  const CpuInfo info =
      parse_cpuinfo("model name\t: ARMv8 Processor rev 1 (v8l)\n" + std::string(neoverse_v2));

  EXPECT_EQ(identify_cpu(info, root).model, "Neoverse V2");
}

TEST_F(Cpuinfo, NeoverseV2MadeByNvidiaIsGrace) {
  file("/sys/devices/soc0/soc_id", "jep106:036b:0241\n");

  EXPECT_EQ(identify_cpu(parse_cpuinfo(neoverse_v2), root).model, "Neoverse V2 (Grace)");
}

TEST_F(Cpuinfo, NeoverseV2AtAmazonIsGraviton4) {
  file("/sys/class/dmi/id/sys_vendor", "Amazon EC2\n");

  EXPECT_EQ(identify_cpu(parse_cpuinfo(neoverse_v2), root).model, "Neoverse V2 (Graviton4)");
}

TEST_F(Cpuinfo, UnknownArmCoreIsShownByItsNumbers) {
  const CpuInfo info = parse_cpuinfo("CPU implementer\t: 0x99\nCPU part\t: 0x123\n");

  EXPECT_EQ(identify_cpu(info, root).model, "implementer 0x99 part 0x123");
}

TEST_F(NominalClock, NameOfTheModelComesFirst) {
  file("/sys/devices/system/cpu/cpu0/cpufreq/base_frequency", "2000000\n");

  const Clock clock = clock_of(cascade_lake, root);

  EXPECT_DOUBLE_EQ(clock.frequency.value, 2.5e9);
  EXPECT_EQ(clock.source, "model name");
}

TEST_F(NominalClock, BaseFrequencyComesBeforeTheHighestOne) {
  file("/sys/devices/system/cpu/cpu0/cpufreq/base_frequency", "2100000\n");
  file("/sys/devices/system/cpu/cpu0/cpufreq/cpuinfo_max_freq", "3700000\n");

  EXPECT_DOUBLE_EQ(clock_of(epyc, root).frequency.value, 2.1e9);
}

TEST_F(NominalClock, FirmwareTableComesBeforeTheHighestOne) {
  file("/sys/devices/system/cpu/cpu0/acpi_cppc/nominal_freq", "2400\n");
  file("/sys/devices/system/cpu/cpu0/cpufreq/cpuinfo_max_freq", "3700000\n");

  EXPECT_DOUBLE_EQ(clock_of(epyc, root).frequency.value, 2.4e9);
}

TEST_F(NominalClock, HighestClockIsCalledSo) {
  file("/sys/devices/system/cpu/cpu0/cpufreq/cpuinfo_max_freq", "3700000\n");

  const Clock clock = clock_of(epyc, root);

  EXPECT_DOUBLE_EQ(clock.frequency.value, 3.7e9);
  EXPECT_NE(clock.source.find("the highest clock"), std::string::npos);
}

TEST_F(NominalClock, CurrentClockIsTheLastResort) {
  EXPECT_DOUBLE_EQ(clock_of(epyc, root).frequency.value, 2.4e9);
}

TEST_F(NominalClock, IsUnknownWhereNothingTellsIt) {
  const Clock clock = clock_of(neoverse_v2, root);

  EXPECT_EQ(clock.frequency.value, 0);
  EXPECT_EQ(clock.source, "");
}

class TwoSockets : public MadeUpRoot {  // of two cores with two threads; CPU 7 is off line
 protected:
  TwoSockets() {
    file("/sys/devices/system/cpu/online", "0-6\n");
    file("/sys/devices/system/node/has_cpu", "0-1\n");
    for (int cpu = 0; cpu < 8; ++cpu) {
      const std::string folder = "/sys/devices/system/cpu/cpu" + std::to_string(cpu);
      const int first = cpu % 4;
      file(folder + "/topology/physical_package_id", first < 2 ? "0\n" : "1\n");
      file(folder + "/topology/core_id", first % 2 == 0 ? "0\n" : "1\n");
      const std::string siblings =
          first == 3 ? "3" : std::to_string(first) + "," + std::to_string(first + 4);
      file(folder + "/topology/thread_siblings_list", siblings + "\n");
    }
    cache(0, "Data", "1", "48K", "0,4");
    cache(1, "Instruction", "1", "32K", "0,4");
    cache(2, "Unified", "3", "32M", "0-1,4-5,7");
    cache(3, "Unified", "2", "2048K", "0,4");
  }

  void cache(int index, std::string_view type, std::string_view level, std::string_view size,
             std::string_view shared) const {
    const std::string folder = "/sys/devices/system/cpu/cpu0/cache/index" + std::to_string(index);
    file(folder + "/type", type);
    file(folder + "/level", level);
    file(folder + "/size", size);
    file(folder + "/shared_cpu_list", shared);
  }
};

TEST_F(TwoSockets, AreCountedWithTheirCoresAndOnlineThreads) {
  const auto shape = shape_by_sysfs(root);

  ASSERT_TRUE(shape);
  EXPECT_EQ(shape->sockets, 2);
  EXPECT_EQ(shape->cores, 4);
  EXPECT_EQ(shape->threads, 7);
  EXPECT_EQ(shape->numa_nodes, 2);
}

TEST_F(TwoSockets, HaveTheirDataCachesFromSmallToLargeAndOnlineSharersOnly) {
  const auto shape = shape_by_sysfs(root);

  ASSERT_TRUE(shape);
  EXPECT_EQ(shape->caches, (std::vector<Cache>{{1, 48_KiB, 2}, {2, 2_MiB, 2}, {3, 32_MiB, 4}}));
}

TEST_F(ProcessorShape, IsNothingWhereTheKernelDoesNotSay) { EXPECT_FALSE(shape_by_sysfs(root)); }

TEST_F(ProcessorShape, IsTheSameByHwlocAndBySysfsOnThisMachine) {
  const auto by_hwloc = shape_by_hwloc();
  const auto by_sysfs = shape_by_sysfs({});
  if (!by_hwloc || !by_sysfs) GTEST_SKIP() << "this build or this machine lacks one of them";

  EXPECT_EQ(*by_hwloc, *by_sysfs);
}

TEST_F(HostSurvey, OfAnEmptyTreeIsOneUnknownCore) {
  const Host host = survey_host(root);

  EXPECT_EQ(host.cpu.cores, 1);
  EXPECT_EQ(host.cpu.model, "unknown processor");
  EXPECT_TRUE(host.ops_per_cycle.empty());
  EXPECT_EQ(host.memory.value, 0);
}

TEST_F(HostSurvey, CountsTheProcessorsOfCpuinfoWhereSysfsIsHidden) {
  file("/proc/cpuinfo", cascade_lake);

  const Host host = survey_host(root);

  EXPECT_EQ(host.cpu.cores, 2);
  EXPECT_EQ(host.cpu.threads, 2);
}

TEST_F(HostSurvey, NamesHostAndKernel) {
  file("/proc/sys/kernel/hostname", "node07\n");
  file("/proc/sys/kernel/ostype", "Linux\n");
  file("/proc/sys/kernel/osrelease", "6.1.0-18-amd64\n");

  const Host host = survey_host(root);

  EXPECT_EQ(host.name, "node07");
  EXPECT_EQ(host.os.kernel, "Linux 6.1.0-18-amd64");
}

TEST_F(HostSurvey, NamesTheMakerOfAVirtualMachine) {
  file("/proc/cpuinfo", cascade_lake);
  file("/sys/class/dmi/id/sys_vendor", "QEMU\n");

  EXPECT_EQ(survey_host(root).os.hypervisor, "QEMU");
}

TEST_F(HostSurvey, SaysThatAVirtualMachineDoesNotNameItsMaker) {
  file("/proc/cpuinfo", cascade_lake);

  EXPECT_EQ(survey_host(root).os.hypervisor, "one that does not say its name");
}

TEST_F(HostSurvey, SeesNoHypervisorUnderARealMachine) {
  file("/proc/cpuinfo", epyc);
  file("/sys/class/dmi/id/sys_vendor", "Dell Inc.\n");

  EXPECT_EQ(survey_host(root).os.hypervisor, "");
}

TEST_F(HostSurvey, OfThisMachineKnowsWhatEveryMachineTells) {
  const Host host = survey_host();

  EXPECT_NE(host.name, "");
  EXPECT_NE(host.cpu.model, "");
  EXPECT_TRUE(host.os.kernel.starts_with("Linux "));
  EXPECT_GE(host.cpu.threads, host.cpu.cores);
  EXPECT_GT(host.memory.value, 0);
  EXPECT_LE(host.memory_available, host.memory);
}

}  // namespace
}  // namespace shortfall
