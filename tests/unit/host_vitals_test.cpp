// Vital signs of hosts that do not exist, and of this one.
#include "backends/host/vitals.hpp"

#include <unistd.h>

#include "tests/unit/made_up_root.hpp"

namespace shortfall {
namespace {

class HostVitals : public MadeUpRoot {
 protected:
  HostCounters of_host() const { return open_host_vitals(root.path)->of_host(); }
  double tick = 1 / static_cast<double>(sysconf(_SC_CLK_TCK));
};

TEST_F(HostVitals, CountsBusyAndStolenTimeOfAllCpus) {
  file("/proc/stat",
       "cpu  100 20 30 4000 50 6 7 80 9 9\n"
       "cpu0 50 10 15 2000 25 3 3 40 0 0\n"
       "cpu1 50 10 15 2000 25 3 4 40 0 0\n"
       "intr 1 2 3\n");

  const auto found = of_host().processors;

  ASSERT_TRUE(found);
  EXPECT_EQ(found->count, 2);
  EXPECT_DOUBLE_EQ(found->busy.value, 163 * tick);  // guests are counted in user already
  EXPECT_DOUBLE_EQ(found->stolen.value, 80 * tick);
}

TEST_F(HostVitals, KnowNothingWhereTheSystemSaysNothing) {
  const HostCounters found = of_host();

  EXPECT_FALSE(found.processors);
  EXPECT_FALSE(found.energy);
  EXPECT_FALSE(found.temperature_c);
  EXPECT_FALSE(open_host_vitals(root.path)->of_rank().waited);
}

TEST_F(HostVitals, KnowNothingOfADamagedCounter) {
  file("/proc/stat", "cpu  100 20 x\n");

  EXPECT_FALSE(of_host().processors);
}

TEST_F(HostVitals, TellHowLongTheThreadWaited) {
  file("/proc/thread-self/schedstat", "123456789 2500000000 77\n");

  const auto waited = open_host_vitals(root.path)->of_rank().waited;

  ASSERT_TRUE(waited);
  EXPECT_DOUBLE_EQ(waited->value, 2.5);
}

TEST_F(HostVitals, AddUpTheEnergyOfPackagesAndMemoryAcrossTheWrapAround) {
  const std::string zones = "/sys/class/powercap/";
  const auto zone = [&](const std::string& name, const std::string& what, const std::string& uj) {
    file(zones + name + "/name", what + "\n");
    file(zones + name + "/max_energy_range_uj", "1000000000\n");
    file(zones + name + "/energy_uj", uj + "\n");
  };
  zone("intel-rapl:0", "package-0", "1000000");
  zone("intel-rapl:1", "package-1", "999000000");
  zone("intel-rapl:0:0", "core", "5");
  zone("intel-rapl:0:1", "dram", "7000000");
  zone("intel-rapl:1:0", "dram", "7000000");
  zone("intel-rapl:2", "psys", "9");
  const auto vitals = open_host_vitals(root.path);
  const Joules before = *vitals->of_host().energy;

  zone("intel-rapl:0", "package-0", "4000000");  // 3 J
  zone("intel-rapl:1", "package-1", "1000000");  // 2 J, past the end
  zone("intel-rapl:0:0", "core", "900000");      // a part of the package
  zone("intel-rapl:0:1", "dram", "7500000");     // 0.5 J
  zone("intel-rapl:1:0", "dram", "7250000");     // 0.25 J
  zone("intel-rapl:2", "psys", "900000000");

  EXPECT_NEAR((*vitals->of_host().energy - before).value, 5.75, 1e-9);
}

TEST_F(HostVitals, TakeTheHottestProcessorAndNoOtherSensor) {
  file("/sys/class/hwmon/hwmon0/name", "nvme\n");
  file("/sys/class/hwmon/hwmon0/temp1_input", "99000\n");
  file("/sys/class/hwmon/hwmon1/name", "coretemp\n");
  file("/sys/class/hwmon/hwmon1/temp1_input", "61500\n");
  file("/sys/class/hwmon/hwmon1/temp1_max", "100000\n");
  file("/sys/class/hwmon/hwmon2/name", "coretemp\n");
  file("/sys/class/hwmon/hwmon2/temp1_input", "64000\n");

  EXPECT_EQ(of_host().temperature_c, 64);
}

TEST_F(HostVitals, AskThermalZonesWhereThereIsNoSensor) {
  file("/sys/class/thermal/thermal_zone0/type", "acpitz\n");
  file("/sys/class/thermal/thermal_zone0/temp", "90000\n");
  file("/sys/class/thermal/thermal_zone1/type", "x86_pkg_temp\n");
  file("/sys/class/thermal/thermal_zone1/temp", "47000\n");

  EXPECT_EQ(of_host().temperature_c, 47);
}

TEST(VitalsOfThisHost, CountTheTimeThatThisProcessUses) {
  const auto vitals = open_host_vitals("/");
  const RankCounters before = vitals->of_rank();

  for (int i = 0; i < 200; ++i) vitals->clock();  // some 12 ms of work at least

  EXPECT_GT((vitals->of_rank().used - before.used).value, 0.005);
}

TEST(VitalsOfThisHost, TellAClockThatProcessorsHave) {
  const Frequency clock = open_host_vitals("/")->clock();

  EXPECT_GT(clock.value, 0.1e9);
  EXPECT_LT(clock.value, 10e9);
}

}  // namespace
}  // namespace shortfall
