// Which datasheet a device gets, and what it says.
#include "topology/datasheets/datasheets.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "topology/datasheets/datasheet.hpp"

namespace shortfall {
namespace {

Gpu gpu_named(std::string name, DeviceFacts facts = {}) {
  Gpu gpu;
  gpu.name = std::move(name);
  gpu.facts = std::move(facts);
  return gpu;
}

std::vector<std::string> names(const Datasheets& sheets) {
  std::vector<std::string> all;
  for (const DeviceSheet& sheet : sheets.accelerators) all.push_back(sheet.name);
  for (const CpuSheet& sheet : sheets.cpus) all.push_back(sheet.name);
  return all;
}

double peak_of(const Peaks& peaks, const std::string& type) {
  const auto found = std::ranges::find(peaks, type, &Peaks::value_type::first);
  return found == peaks.end() ? 0 : found->second.value;
}

double peak_of(const Datasheet& sheet, DType type) {
  const auto found = std::ranges::find(sheet.peak, type, &std::pair<DType, Throughput>::first);
  return found == sheet.peak.end() ? 0 : found->second.value;
}

std::string row_of(const std::string& device, DeviceFacts facts = {}) {
  return sheet_of(gpu_named(device, std::move(facts)), built_in()).name;
}

TEST(BuiltInDatasheets, AgreeWithUnitsTimesOpsTimesClock) {
  int compared = 0;
  const Datasheets all = built_in();
  for (const DeviceSheet& sheet : all.accelerators) {
    for (const auto& [type, rate] : formula_peaks(sheet, all.ops)) {
      const double printed = peak_of(sheet.peak, type);
      if (printed == 0) continue;
      EXPECT_NEAR(rate.value / printed, 1, 0.013) << sheet.name << " " << type;
      ++compared;
    }
  }
  EXPECT_GT(compared, 150);
}

TEST(BuiltInDatasheets, TellSourcesAndConfidence) {
  for (const DeviceSheet& sheet : built_in().accelerators) {
    EXPECT_FALSE(sheet.sources.empty()) << sheet.name;
    EXPECT_FALSE(sheet.confidence.empty()) << sheet.name;
    EXPECT_TRUE(sheet.memory) << sheet.name;
    EXPECT_FALSE(sheet.sizes.empty()) << sheet.name;
  }
}

TEST(BuiltInDatasheets, HaveLinksOfTheirGeneration) {
  const std::map<int, double> one_way{{1, 20e9}, {2, 25e9}, {3, 25e9}, {4, 25e9}, {5, 50e9}};
  int compared = 0;
  for (const DeviceSheet& sheet : built_in().accelerators) {
    if (!sheet.scale_up || sheet.scale_up->kind != "NVLink") continue;
    const ScaleUp& up = *sheet.scale_up;
    ASSERT_TRUE(one_way.contains(up.generation)) << sheet.name;
    EXPECT_EQ(up.of_one_link.value, one_way.at(up.generation)) << sheet.name;
    EXPECT_GT(up.links, 0) << sheet.name;
    ++compared;
  }
  EXPECT_GT(compared, 10);
}

TEST(BuiltInDatasheets, AreNamed) {
  const auto all = names(built_in());

  EXPECT_EQ(all.size(), 37U);
  EXPECT_EQ(std::ranges::count(all, "H100 SXM5 80GB"), 1);
}

struct Device {
  std::string name, row;
  double bytes = 0;  // of memory; 0 = not told
};

class NamedDevice : public ::testing::TestWithParam<Device> {};

TEST_P(NamedDevice, HasTheRow) {
  const Device& device = GetParam();
  DeviceFacts facts;
  if (device.bytes > 0) facts.memory = Bytes{device.bytes};

  const DeviceSheet sheet = sheet_of(gpu_named(device.name, facts), built_in());

  EXPECT_EQ(sheet.name, device.row);
  EXPECT_NE(sheet.confidence, "derived");
}

INSTANTIATE_TEST_SUITE_P(
    All, NamedDevice,
    ::testing::Values(
        Device{"NVIDIA H100 80GB HBM3", "H100 SXM5 80GB", 85.5e9},
        Device{"NVIDIA H100 PCIe", "H100 PCIe 80GB", 85.5e9},
        Device{"NVIDIA H100 NVL", "H100 NVL 94GB", 100.6e9},
        Device{"NVIDIA H200", "H200 SXM 141GB", 150.75e9},
        Device{"NVIDIA H200 NVL", "H200 NVL 141GB", 150.75e9},
        Device{"NVIDIA A100-SXM4-80GB", "A100 SXM4 80GB", 85.9e9},
        Device{"NVIDIA A100-SXM4-40GB", "A100 SXM4 40GB", 42.5e9},
        Device{"A100-SXM4", "A100 SXM4 40GB", 42.5e9}, Device{"A100-SXM4", "A100 SXM4 80GB", 85e9},
        Device{"NVIDIA A100 80GB PCIe", "A100 PCIe 80GB"},
        Device{"A100-PCIE-40GB", "A100 PCIe 40GB"}, Device{"NVIDIA GH200 480GB", "GH200 96GB"},
        Device{"NVIDIA GH200 480GB", "GH200 96GB", 102.6e9},
        Device{"NVIDIA GH200 480GB", "GH200 144GB", 151e9},
        Device{"NVIDIA GH200 144G HBM3e", "GH200 144GB"},
        Device{"AMD Instinct MI300X OAM", "MI300X", 206.1e9},
        Device{"AMD Instinct MI300X VF", "MI300X"}, Device{"AMD Instinct MI325X", "MI325X"},
        Device{"AMD Instinct MI250X", "MI250X, one of its two dies", 68.7e9},
        Device{"NVIDIA A800-SXM4-80GB", "A800 SXM4 80GB", 85.9e9},
        Device{"H800-SXM5-80GB", "H800 SXM5 80GB"}, Device{"TPUv4", "TPU v4"},
        Device{"TPU v5 lite", "TPU v5e"}, Device{"Tesla V100-SXM2-32GB", "V100 SXM2", 34.1e9},
        Device{"Tesla V100-SXM2-16GB", "V100 SXM2", 16.9e9},
        Device{"Tesla V100-PCIE-16GB", "V100 PCIe"}, Device{"NVIDIA B200", "B200", 192.3e9},
        Device{"NVIDIA GB200", "GB200", 198.7e9}, Device{"NVIDIA B300 SXM6 AC", "B300"},
        Device{"NVIDIA GB300", "GB300", 298e9},
        Device{"NVIDIA GeForce RTX 4090", "GeForce RTX 4090", 25.4e9},
        Device{"nvidia geforce rtx 5090", "GeForce RTX 5090"}, Device{"NVIDIA L40S", "L40S"},
        Device{"NVIDIA L4", "L4"}, Device{"NVIDIA A10", "A10"},
        Device{"NVIDIA RTX 6000 Ada Generation", "RTX 6000 Ada"},
        Device{"NVIDIA RTX PRO 6000 Blackwell Workstation Edition",
               "RTX PRO 6000 Blackwell Workstation Edition"}));

class OtherDevice : public ::testing::TestWithParam<std::string> {};

TEST_P(OtherDevice, HasNone) {
  const DeviceSheet sheet = sheet_of(gpu_named(GetParam()), built_in());

  EXPECT_EQ(sheet.name, GetParam());
  EXPECT_TRUE(sheet.peak.empty());
  EXPECT_EQ(sheet.confidence, "");
}

INSTANTIATE_TEST_SUITE_P(
    All, OtherDevice,
    ::testing::Values("NVIDIA L40", "NVIDIA A10G", "NVIDIA H100", "NVIDIA H20", "NVIDIA H800",
                      "NVIDIA GeForce RTX 4090 Laptop GPU", "NVIDIA GeForce RTX 4090 D",
                      "NVIDIA RTX PRO 6000 Blackwell Server Edition", "AMD Instinct MI300A",
                      "NVIDIA A100-SXM4-40GB MIG 1g.5gb", "10de:2330", "", "---"));

TEST(DeviceSheets, AreOfPartsWithTheirUnitsAlone) {
  EXPECT_EQ(row_of("NVIDIA GB200", {.units = 148}), "GB200") << "sources differ";
  EXPECT_EQ(row_of("NVIDIA H100 80GB HBM3", {.units = 114}), "NVIDIA H100 80GB HBM3");
}

TEST(DeviceSheets, SayWhyTheRowOfTheSameNameIsNotMeant) {
  const Gpu gpu = gpu_named("NVIDIA A100-SXM4-80GB", {.units = 124, .memory = Bytes{68e9}});

  EXPECT_EQ(sheet_of(gpu, built_in()).notes,
            "it is no A100 SXM4 80GB (108 units, 80.0 GB), for it has 124 units, 68.0 GB; no peak: "
            "its backend does not tell the architecture");
}

TEST(DeviceSheets, NameTheNearestWhereNoneFits) {
  const std::string notes = sheet_of(gpu_named("NVIDIA A100-SXM-64GB"), built_in()).notes;

  EXPECT_NE(notes.find("nearest: A100 SXM4 40GB; A100 SXM4 80GB"), std::string::npos) << notes;
}

TEST(DeviceSheets, ThatANameCannotTellApartAgreeOnWhatTheyShare) {
  const DeviceSheet sheet = sheet_of(gpu_named("NVIDIA GH200"), built_in());

  EXPECT_EQ(sheet.name, "GH200 96GB or GH200 144GB");
  EXPECT_DOUBLE_EQ(peak_of(sheet.peak, "bf16"), 989.4e12);
  EXPECT_FALSE(sheet.memory);
}

Gpu unknown_gpu(std::string name, std::string architecture) {
  return gpu_named(std::move(name), {.architecture = std::move(architecture),
                                     .units = 100,
                                     .clock = Frequency{2e9},
                                     .memory_clock = Frequency{1.5e9},
                                     .memory_bus_bits = 4096});
}

TEST(DerivedDeviceSheet, IsUnitsTimesOpsTimesClock) {
  const Datasheet sheet = datasheet_of(unknown_gpu("NVIDIA X1", "sm_90"), built_in());

  EXPECT_EQ(sheet.name, "NVIDIA X1");
  EXPECT_EQ(sheet.confidence, "derived");
  EXPECT_TRUE(sheet.source.starts_with(
      "derived: 100 units x operations per clock (sm_90) x 2.00 GHz, the highest clock"))
      << sheet.source;
  EXPECT_DOUBLE_EQ(peak_of(sheet, DType::bf16), 100 * 4096 * 2e9);
  EXPECT_DOUBLE_EQ(peak_of(sheet, DType::f64), 100 * 256 * 2e9);
  EXPECT_DOUBLE_EQ(sheet.memory->value, 1.5e9 * 4096 / 8 * 2);
}

TEST(DerivedDeviceSheet, KnowsArchitecturesWithFeatures) {
  const auto peak = [](const std::string& architecture) {
    return peak_of(datasheet_of(unknown_gpu("X", architecture), built_in()), DType::bf16);
  };

  EXPECT_DOUBLE_EQ(peak("gfx942:sramecc+:xnack-"), 100 * 2048 * 2e9);
  EXPECT_DOUBLE_EQ(peak("sm_90a"), 100 * 4096 * 2e9);
}

TEST(DerivedDeviceSheet, HalvesTensorRatesOfGeForce) {
  const auto peak = [](const std::string& name) {
    return peak_of(datasheet_of(unknown_gpu(name, "sm_89"), built_in()), DType::bf16);
  };

  EXPECT_DOUBLE_EQ(peak("NVIDIA GeForce RTX 4070"), 100 * 512 * 2e9);
  EXPECT_DOUBLE_EQ(peak("NVIDIA L20"), 100 * 1024 * 2e9);
}

TEST(DerivedDeviceSheet, HasNoTensorRateOfGeForceThatIsNotKnown) {
  const Datasheet sheet = datasheet_of(unknown_gpu("NVIDIA GeForce RTX 3090", "sm_86"), built_in());

  EXPECT_DOUBLE_EQ(peak_of(sheet, DType::f32), 100 * 256 * 2e9);
  EXPECT_EQ(peak_of(sheet, DType::bf16), 0);
}

TEST(DerivedDeviceSheet, HasNoPeakForAnUnknownArchitecture) {
  const Datasheet sheet = datasheet_of(unknown_gpu("NVIDIA X1", "sm_777"), built_in());

  EXPECT_TRUE(sheet.peak.empty());
  EXPECT_TRUE(sheet.memory) << "which needs no architecture";
  EXPECT_NE(sheet.source.find("operations per clock of sm_777 are not known"), std::string::npos)
      << sheet.source;
}

TEST(DatasheetOfAGpu, CountsProductsWithTheUnitsThatDoThem) {
  const Datasheet sheet = datasheet_of(gpu_named("NVIDIA H100 80GB HBM3"), built_in());

  EXPECT_DOUBLE_EQ(peak_of(sheet, DType::f64), 66.9e12) << "tensor units";
  EXPECT_DOUBLE_EQ(peak_of(sheet, DType::f32), 66.9e12) << "not tf32";
  EXPECT_DOUBLE_EQ(peak_of(sheet, DType::int8), 1978.9e12);
  EXPECT_DOUBLE_EQ(peak_of(sheet, DType::tf32), 494.7e12);
  EXPECT_DOUBLE_EQ(peak_of(sheet, DType::f8_e5m2), 1978.9e12);
  EXPECT_EQ(sheet.tensor_clock, Frequency{1.83e9});
  EXPECT_EQ(sheet.clock, Frequency{1.98e9});
  EXPECT_EQ(sheet.confidence, "high");
  EXPECT_NE(sheet.source.find("tensor units at 1.83 GHz, others at 1.98 GHz"), std::string::npos);
}

TEST(DatasheetOfAGpu, IsOfOneDieOfAnMi250x) {
  const Datasheet sheet = datasheet_of(gpu_named("AMD Instinct MI250X"), built_in());

  EXPECT_DOUBLE_EQ(peak_of(sheet, DType::bf16), 191.5e12);
  EXPECT_DOUBLE_EQ(peak_of(sheet, DType::f32), 47.85e12) << "matrix units keep all of f32";
}

TEST(DatasheetOfAGpu, SaysWhatIsMissing) {
  const Datasheet sheet = datasheet_of(gpu_named("NVIDIA H100"), built_in());

  EXPECT_TRUE(sheet.source.starts_with("unknown: no datasheet has its name")) << sheet.source;
  EXPECT_EQ(sheet.confidence, "");
}

}  // namespace
}  // namespace shortfall
