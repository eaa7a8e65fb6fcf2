// The driver's library, through doubles: what it tells, and what it does not.
#include <gtest/gtest.h>

#include "backends/cuda/nvml_facts.hpp"
#include "tests/unit/scripted_nvml.hpp"

namespace shortfall {
namespace {

using nvml::ClockOf;

class NvmlLibrary : public ScriptedNvml {};
class NvmlOfGpu : public ScriptedNvml {};
class NvmlFacts : public ScriptedNvml {};

TEST_F(NvmlLibrary, SaysThatItIsMissing) {
  const auto library = Nvml::open("libnvidia-ml-of-nobody.so.1");

  EXPECT_TRUE(library->why_unusable().starts_with("load libnvidia-ml-of-nobody.so.1: "));
  EXPECT_TRUE(library->why_unusable().ends_with("it comes with the NVIDIA driver"));
  EXPECT_TRUE(library->devices().empty());
  EXPECT_EQ(library->driver_version(), "");
}

TEST_F(NvmlLibrary, SaysWhyItCannotStart) {
  EXPECT_NE(open("init 9")->why_unusable().find("driver is not loaded"), std::string::npos);
  EXPECT_NE(open("init 18")->why_unusable().find("different versions"), std::string::npos);
  EXPECT_NE(open("init 4")->why_unusable().find("no permission"), std::string::npos);
  EXPECT_NE(open("init 17")->why_unusable().find("cgroup"), std::string::npos);
  EXPECT_NE(open("init 77")->why_unusable().find("NVML error 77"), std::string::npos);
}

TEST_F(NvmlLibrary, ThatCannotStartAnswersNothingAndStopsNobody) {
  const auto library = open("init 18\ngpu 0000:17:00.0 NVIDIA H200");

  EXPECT_TRUE(library->devices().empty());
  EXPECT_FALSE(library->device_at("0000:17:00.0"));
}

TEST_F(NvmlLibrary, FindsGpusByAddress) {
  const auto library = open(one_h200);

  EXPECT_EQ(library->why_unusable(), "");
  EXPECT_EQ(library->driver_version(), "570.86.15");
  EXPECT_EQ(library->devices().size(), 1U);
  EXPECT_TRUE(library->device_at("0000:17:00.0"));
  EXPECT_FALSE(library->device_at("0000:18:00.0"));
}

TEST_F(NvmlLibrary, WritesAddressesAsTheKernelDoes) {
  EXPECT_EQ(kernel_address("00000000:C1:00.0"), "0000:c1:00.0");
  EXPECT_EQ(kernel_address("00010000:17:00.0"), "00010000:17:00.0");
  EXPECT_EQ(kernel_address("0000:17:00.0"), "0000:17:00.0");
}

TEST_F(NvmlOfGpu, TellsClocksPowerAndTemperatureInSiUnits) {
  const NvmlGpu h200 = gpu(one_h200);

  EXPECT_EQ(h200.name(), "NVIDIA H200");
  EXPECT_EQ(h200.architecture(), "sm_90");
  EXPECT_EQ(h200.clock(ClockOf::sm), 1755e6);
  EXPECT_EQ(h200.highest_clock(ClockOf::sm), 1980e6);
  EXPECT_EQ(h200.clock(ClockOf::memory), 3201e6);
  EXPECT_EQ(h200.power(), 640);
  EXPECT_EQ(h200.power_limit(), 700);
  EXPECT_EQ(h200.temperature(), 61);
  EXPECT_EQ(h200.memory_temperature(), 74);
  EXPECT_EQ(h200.clock_reasons(), 4U);
}

TEST_F(NvmlOfGpu, PrefersThePowerOfNowToTheMeanOfASecond) {
  EXPECT_EQ(gpu(one_h200 + "power_now 655\n").power(), 655);
}

TEST_F(NvmlOfGpu, CountsLinksAndTheirErrors) {
  const NvmlGpu h200 = gpu(one_h200 + "links 17\n");

  EXPECT_EQ(h200.links()->seen, 18);
  EXPECT_EQ(h200.links()->up, 17);
  EXPECT_EQ(h200.links()->errors, 7);
}

TEST_F(NvmlOfGpu, WithoutLinksTellsNone) {
  const NvmlGpu l4 = gpu("gpu 0000:17:00.0 NVIDIA L4\n");

  EXPECT_FALSE(l4.links());
}

TEST_F(NvmlOfGpu, GivesTheVersionWordOfAStructThatMayGrow) {
  EXPECT_EQ(gpu(one_h200).memory()->all, 1_MiB * 143771);
  EXPECT_EQ(gpu(one_h200).memory()->available, 1_MiB * 143000);
}

TEST_F(NvmlOfGpu, AsksAgainWhereTheListOfProcessesIsLonger) {
  std::string script = one_h200;
  for (int pid = 1; pid <= 100; ++pid) script += "process " + std::to_string(pid) + " 1024\n";

  EXPECT_EQ(gpu(script).processes()->size(), 100U);
}

TEST_F(NvmlOfGpu, LeavesOutWhatAnOldDriverLacks) {
  const NvmlGpu old = gpu(one_h200, old_library_double);

  EXPECT_EQ(old.clock(ClockOf::sm), 1755e6);
  EXPECT_EQ(old.power(), 640);
  EXPECT_FALSE(old.clock_reasons());
  EXPECT_FALSE(old.energy());
  EXPECT_FALSE(old.memory_temperature());
  EXPECT_FALSE(old.links());
  EXPECT_FALSE(old.processes());
  EXPECT_TRUE(old.memory()) << "by the older of its two functions";
}

TEST_F(NvmlOfGpu, LeavesOutWhatItRefuses) {
  const NvmlGpu h200 = gpu(one_h200 + "answer.nvmlDeviceGetClockInfo 3\n" +
                           "answer.nvmlDeviceGetName 999\nanswer.nvmlDeviceGetMigMode 3\n");

  EXPECT_FALSE(h200.clock(ClockOf::sm));
  EXPECT_EQ(h200.name(), "");
  EXPECT_FALSE(h200.mig());
}

TEST_F(NvmlOfGpu, SaysThatItIsLost) {
  EXPECT_EQ(gpu(one_h200).why_lost(), "");
  EXPECT_NE(gpu(one_h200 + "answer.nvmlDeviceGetTemperature 15\n").why_lost().find("off the bus"),
            std::string::npos);
}

TEST_F(NvmlFacts, DescribeEveryGpu) {
  std::vector<DeviceFacts> facts;

  add_nvml_facts(facts, open(one_h200 + "mig 1\nlinks 12\n"));

  ASSERT_EQ(facts.size(), 1U);
  EXPECT_EQ(facts[0], (DeviceFacts{.address = "0000:17:00.0",
                                   .name = "NVIDIA H200",
                                   .architecture = "sm_90",
                                   .clock = Frequency{1980e6},
                                   .memory_clock = Frequency{3201e6},
                                   .memory_bus_bits = 6144,
                                   .memory = 1_MiB * 143771,
                                   .memory_available = 1_MiB * 143000,
                                   .ecc = true,
                                   .mig = true,
                                   .nvlinks = 18,
                                   .nvlinks_up = 12,
                                   .power_limit_w = 700,
                                   .serial = "GPU-0000:17:00.0",
                                   .firmware = "96.00.74.00.01",
                                   .driver_version = "570.86.15"}));
}

TEST_F(NvmlFacts, TellThatAGpuHasNoNvlinksIfThatWasAsked) {
  std::vector<DeviceFacts> asked, by_old_driver;

  add_nvml_facts(asked, open("gpu 0000:17:00.0 NVIDIA L4\n"));
  add_nvml_facts(by_old_driver, open("gpu 0000:17:00.0 NVIDIA L4\n", old_library_double));

  EXPECT_EQ(asked.at(0).nvlinks, 0);
  EXPECT_FALSE(asked.at(0).nvlinks_up);
  EXPECT_FALSE(by_old_driver.at(0).nvlinks);
}

TEST_F(NvmlFacts, LeaveWhatIsKnown) {
  std::vector<DeviceFacts> facts{{.address = "0000:17:00.0", .name = "as CUDA says", .units = 132}};

  add_nvml_facts(facts, open(one_h200));

  ASSERT_EQ(facts.size(), 1U);
  EXPECT_EQ(facts[0].name, "as CUDA says");
  EXPECT_EQ(facts[0].units, 132);
  EXPECT_EQ(facts[0].power_limit_w, 700);
}

TEST_F(NvmlFacts, OfNoLibraryChangeNothing) {
  std::vector<DeviceFacts> facts{{.address = "0000:17:00.0", .units = 132}};
  const auto before = facts;

  add_nvml_facts(facts, open("init 9"));

  EXPECT_EQ(facts, before);
}

}  // namespace
}  // namespace shortfall
