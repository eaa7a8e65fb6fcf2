// Systems of datasheets and published efficiencies, and what runs tell of theirs.
#include <gtest/gtest.h>

#include <cmath>

#include "core/error.hpp"
#include "model/system/literature.hpp"
#include "model/training/gpu_sheet.hpp"
#include "sample_runs.hpp"
#include "sample_systems.hpp"

namespace shortfall {
namespace {

DeviceSheet sheet_of(const std::string& gpu) { return gpu_sheet(gpu, built_in(), "row 1").sheet; }

TEST(LiteratureSystem, IsTheDatasheetTimesWhatIsPublished) {
  const SystemModel system = literature_system(sheet_of("H100-SXM5-80GB"), {});
  const DeviceModel& device = system.device;
  EXPECT_NEAR(device.peak.value * device.clock * device.best_shape, 0.70 * 989.4e12, 1e11);
  EXPECT_NEAR(device.peak.value * device.best_shape, 794.5e12, 1e12);
  EXPECT_NEAR(device.peak_fp8.value * device.best_shape_fp8, 1402.6e12, 2e12);
  EXPECT_NEAR(device.memory / device.memory_promised, 0.88, 1e-12);
  EXPECT_EQ(system.scale_up.promised.value, 450e9);
  EXPECT_EQ(system.scale_up_ranks, 8);
}

// 210, 223 and 228 GB/s of 3, 5 and 8 A100 (vTrain's table).
TEST(LiteratureSystem, AttainsOfLinksWhatGroupsOfEachSizeDid) {
  const LinkModel link = literature_system(sheet_of("A100-SXM4-80GB"), {}).scale_up;
  for (const auto& [ranks, measured] : {std::pair{3.0, 210e9}, {5.0, 223e9}, {8.0, 228e9}}) {
    const double attained = link.promised.value * link.attained * (1 - link.small_group / ranks);
    EXPECT_NEAR(attained / measured, 1, 0.02) << ranks;
  }
}

// Power beyond the idle tenth goes with the cube of the clock.
TEST(LiteratureSystem, LowersTheClockWithThePowerLimit) {
  const DeviceSheet sheet = sheet_of("H100-SXM5-80GB");
  const auto clock = [&](std::optional<double> watts) {
    return literature_system(sheet, {.power_limit_w = watts}).device.clock;
  };
  EXPECT_NEAR(clock(500) / clock({}), std::cbrt((500.0 - 70) / (700 - 70)), 1e-12);
  EXPECT_EQ(clock(1000), clock({}));
}

TEST(LiteratureSystem, BelievesWhatTheRunTells) {
  const SystemModel system =
      literature_system(sheet_of("H100-SXM5-80GB"), {.peak = Throughput{900e12},
                                                     .scale_up = Bandwidth{200e9},
                                                     .scale_out = Bandwidth{25e9},
                                                     .memory = Bandwidth{2.4e12},
                                                     .scale_up_ranks = 72});
  EXPECT_EQ(system.device.peak.value, 900e12);
  EXPECT_EQ(system.scale_up.promised.value, 200e9);
  EXPECT_EQ(system.scale_out.promised.value, 25e9);
  EXPECT_EQ(system.device.memory_promised.value, 2.4e12);
  EXPECT_EQ(system.scale_up_ranks, 72);
}

// Devices of a host that no such link joins meet over PCIe: an L40S over 16 lanes of generation 4,
// 31.5 GB/s before packets.
TEST(LiteratureSystem, TakesPcieWhereThereAreNoLinksBetweenDevices) {
  const double promised = literature_system(sheet_of("L40S"), {}).scale_up.promised.value;
  EXPECT_LT(promised, 31.5e9);
  EXPECT_GT(promised, 0.8 * 31.5e9);
}

TEST(LiteratureSystem, RefusesDatasheetsWithoutWhatItNeeds) {
  DeviceSheet sheet = sheet_of("L40S");
  sheet.pcie = {};
  EXPECT_THROW(literature_system(sheet, {}), BadUsage);
  EXPECT_NO_THROW(literature_system(sheet, {.scale_up = Bandwidth{20e9}}));
  sheet.memory.reset();
  EXPECT_THROW(literature_system(sheet, {.scale_up = Bandwidth{20e9}}), BadUsage);
}

TEST(LiteratureSystem, PredictsATimeOnEveryAcceleratorThatIsKnown) {
  TrainingRun run = workload_named("llama3-8b");
  run.split.tensor = 2;
  run.split.data /= 2;
  for (const DeviceSheet& sheet : built_in().accelerators) {
    const double step = sample::step_of(sample::on(sheet.name, run));
    EXPECT_TRUE(std::isfinite(step) && step > 0) << sheet.name << ": " << step;
  }
}

}  // namespace
}  // namespace shortfall
