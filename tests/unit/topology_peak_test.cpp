// Operations per cycle of known processors, and the datasheet that follows from them.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>

#include "topology/datasheets/datasheet.hpp"
#include "topology/cpu/peak.hpp"

namespace shortfall {
namespace {

Cpu intel(int model_number, std::string model, std::string isa,
          std::vector<std::string> features = {}) {
  Cpu cpu;
  cpu.vendor = "GenuineIntel";
  cpu.family = 6;
  cpu.model_number = model_number;
  cpu.model = std::move(model);
  cpu.isa = std::move(isa);
  cpu.features = std::move(features);
  return cpu;
}

Cpu amd(int family, int model_number, std::string isa, std::vector<std::string> features = {}) {
  Cpu cpu;
  cpu.vendor = "AuthenticAMD";
  cpu.family = family;
  cpu.model_number = model_number;
  cpu.model = "AMD EPYC";
  cpu.isa = std::move(isa);
  cpu.features = std::move(features);
  return cpu;
}

Cpu arm(std::string implementer, int part, std::string isa) {
  Cpu cpu;
  cpu.vendor = std::move(implementer);
  cpu.model_number = part;
  cpu.isa = std::move(isa);
  cpu.features = {"bf16", "i8mm"};
  return cpu;
}

// f64, f32, bf16, int8; 0 = no entry.
using Rates = std::array<double, 4>;

Rates rates(const Cpu& cpu) {
  Rates rates{};
  constexpr std::array types{DType::f64, DType::f32, DType::bf16, DType::int8};
  for (const OpsPerCycle& ops : ops_per_cycle(cpu)) {
    const auto* const place = std::ranges::find(types, ops.type);
    rates.at(static_cast<std::size_t>(place - types.begin())) += ops.value;
  }
  return rates;
}

struct Known {
  std::string name;
  Cpu cpu;
  Rates want;
};

class KnownProcessor : public ::testing::TestWithParam<Known> {};

TEST_P(KnownProcessor, HasTheRatesOfItsMaker) { EXPECT_EQ(rates(GetParam().cpu), GetParam().want); }

const std::vector<std::string> vnni{"fma", "avx512_vnni"};
const std::vector<std::string> zen4{"fma", "avx512_vnni", "avx512_bf16"};
const std::vector<std::string> amx{"fma",      "avx512_vnni", "avx512_bf16",
                                   "amx_tile", "amx_bf16",    "amx_int8"};

INSTANTIATE_TEST_SUITE_P(
    All, KnownProcessor,
    ::testing::Values(
        Known{"CascadeLakeWithoutASeries",
              intel(85, "Intel(R) Xeon(R) Processor @ 2.50GHz", "avx512", vnni),
              {32, 64, 0, 256}},
        Known{"SkylakeGold6",
              intel(85, "Intel(R) Xeon(R) Gold 6148 CPU @ 2.40GHz", "avx512"),
              {32, 64, 0, 0}},
        Known{"SkylakeSilver",
              intel(85, "Intel(R) Xeon(R) Silver 4110 CPU @ 2.10GHz", "avx512"),
              {16, 32, 0, 0}},
        Known{"CascadeLakeSilver",
              intel(85, "Intel(R) Xeon(R) Silver 4210 CPU @ 2.20GHz", "avx512", vnni),
              {16, 32, 0, 128}},
        Known{"SkylakeGold5122",
              intel(85, "Intel(R) Xeon(R) Gold 5122 CPU @ 3.60GHz", "avx512"),
              {32, 64, 0, 0}},
        Known{"IceLakeServer",
              intel(106, "Intel(R) Xeon(R) Platinum 8380", "avx512", vnni),
              {32, 64, 0, 256}},
        Known{"IceLakeSilver",
              intel(106, "Intel(R) Xeon(R) Silver 4310", "avx512", vnni),
              {32, 64, 0, 256}},
        Known{
            "IceLakeD", intel(108, "Intel(R) Xeon(R) D-2776NT", "avx512", vnni), {16, 32, 0, 128}},
        Known{"TigerLake",
              intel(140, "11th Gen Intel(R) Core(TM) i7-1165G7", "avx512", vnni),
              {16, 32, 0, 128}},
        Known{"SapphireRapids",
              intel(143, "Intel(R) Xeon(R) Platinum 8480+", "avx512", amx),
              {32, 64, 1024, 2048}},
        Known{"Haswell",
              intel(63, "Intel(R) Xeon(R) CPU E5-2680 v3 @ 2.50GHz", "avx2", {"fma"}),
              {16, 32, 0, 0}},
        Known{"SandyBridge",
              intel(45, "Intel(R) Xeon(R) CPU E5-2670 0 @ 2.60GHz", "avx"),
              {8, 16, 0, 0}},
        Known{"Nehalem", intel(26, "Intel(R) Xeon(R) CPU X5570 @ 2.93GHz", "sse2"), {4, 8, 0, 0}},
        Known{"AlderLake",
              intel(151, "12th Gen Intel(R) Core(TM) i9-12900K", "avx2", {"fma", "avx_vnni"}),
              {16, 32, 0, 128}},
        Known{"SierraForest", intel(175, "Intel(R) Xeon(R) 6780E", "avx2", {"fma"}), {8, 16, 0, 0}},
        Known{"Zen1", amd(23, 0x01, "avx2", {"fma"}), {8, 16, 0, 0}},
        Known{"Zen2", amd(23, 0x31, "avx2", {"fma"}), {16, 32, 0, 0}},
        Known{"Zen3", amd(25, 0x01, "avx2", {"fma"}), {16, 32, 0, 0}},
        Known{"Zen4", amd(25, 0x11, "avx512", zen4), {16, 32, 64, 128}},
        Known{"Zen5", amd(26, 0x02, "avx512", zen4), {32, 64, 128, 256}},
        Known{"Zen5Mobile", amd(26, 0x24, "avx512", zen4), {16, 32, 64, 128}},
        Known{"NeoverseN1", arm("0x41", 0xd0c, "neon"), {8, 16, 0, 0}},
        Known{"Graviton3", arm("0x41", 0xd40, "sve"), {16, 32, 0, 0}},
        Known{"Grace", arm("0x41", 0xd4f, "sve"), {16, 32, 0, 0}},
        Known{"AmpereOne", arm("0xc0", 0xac3, "neon"), {8, 16, 0, 0}},
        Known{"A64FX", arm("0x46", 0x001, "sve"), {32, 64, 0, 0}},
        Known{"ArmWithoutAName", arm("0x99", 0x123, "neon"), {0, 0, 0, 0}}),
    [](const auto& each) { return each.param.name; });

TEST(PeakOfACore, OfF16FollowsFromTheInstructionsForIt) {
  const auto f16_of = [](std::vector<std::string> features) {
    features.emplace_back("fma");
    double value = 0;
    for (const OpsPerCycle& ops :
         ops_per_cycle(intel(143, "Intel(R) Xeon(R) Platinum 8480+", "avx512", features)))
      if (ops.type == DType::f16) value += ops.value;
    return value;
  };

  EXPECT_EQ(f16_of({}), 0);
  EXPECT_EQ(f16_of({"avx512_fp16"}), 128);
  EXPECT_EQ(f16_of({"avx512_fp16", "amx_fp16"}), 1024);
}

TEST(PeakOfACore, ArmNumbersOfAnotherImplementerAreAnotherCore) {
  EXPECT_TRUE(ops_per_cycle(arm("0x99", 0xd4f, "sve")).empty());
}

TEST(PeakOfACore, EveryRateSaysWhereItComesFrom) {
  for (const OpsPerCycle& ops : ops_per_cycle(amd(26, 0x02, "avx512", zen4))) {
    EXPECT_NE(ops.source.find("2 units of 512 bits: Zen5"), std::string::npos) << ops.source;
  }
}

Host host_at(Frequency clock) {
  Host host;
  host.cpu = amd(26, 0x02, "avx512", zen4);
  host.cpu.model = "AMD EPYC 9B45";
  host.cpu.nominal_clock = clock;
  host.cpu.nominal_clock_source = "cpufreq/base_frequency";
  host.ops_per_cycle = ops_per_cycle(host.cpu);
  return host;
}

TEST(DerivedDatasheet, PeakIsCoresTimesRateTimesClock) {
  const Datasheet sheet = datasheet_of(host_at({2.5e9}), 4);

  ASSERT_EQ(sheet.peak.size(), 4U);
  EXPECT_EQ(sheet.peak[0].first, DType::f64);
  EXPECT_DOUBLE_EQ(sheet.peak[0].second.value, 4 * 32 * 2.5e9);
}

TEST(DerivedDatasheet, NamesProcessorCoresAndSources) {
  const Datasheet sheet = datasheet_of(host_at({2.5e9}), 4);

  EXPECT_EQ(sheet.name, "AMD EPYC 9B45, 4 cores");
  EXPECT_EQ(
      sheet.source,
      "derived: 4 cores x operations per cycle (avx512, 2 units of 512 bits: Zen5) x 2.50 GHz "
      "(cpufreq/base_frequency)");
}

TEST(DerivedDatasheet, HasNoPeakWithoutAClock) {
  const Datasheet sheet = datasheet_of(host_at({}), 4);

  EXPECT_TRUE(sheet.peak.empty());
  EXPECT_EQ(sheet.source, "unknown: no source tells the nominal clock");
}

TEST(DerivedDatasheet, DoesNotGuessTheBandwidthOfMemory) {
  EXPECT_FALSE(datasheet_of(host_at({2.5e9}), 4).memory);
}

}  // namespace
}  // namespace shortfall
