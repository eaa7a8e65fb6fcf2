#include <gtest/gtest.h>

#include "diagnosis/attainment.hpp"
#include "diagnosis/devices.hpp"

namespace shortfall {
namespace {

Entry measured_at(const std::string& benchmark, Suite suite, DType type, double flop,
                  Seconds time) {
  const Params params({{"dtype", std::string(name_of(type))}, {"group", std::string("all")}});
  Measured m;
  m.timing.throughput = summarize(std::vector{time});
  Result result{.key = key_of(benchmark, params),
                .benchmark = benchmark,
                .suite = suite,
                .device = "host",
                .backend = "host",
                .memory = "host",
                .params = params,
                .work = {},
                .outcome = m};
  result.work.flop = {flop};
  return {result, std::nullopt, {}};
}

Report with_a_peak() {
  Report report;
  report.machine.datasheet = {"CPU", "derived", "", {{DType::f32, {100}}}, {}, std::nullopt};
  report.entries.push_back(measured_at("peak_flops", Suite::gemm, DType::f32, 80, {1}));
  report.entries.push_back(measured_at("gemm", Suite::gemm, DType::f32, 60, {1}));
  report.entries.push_back(measured_at("gemm", Suite::gemm, DType::f64, 60, {1}));
  return report;
}

TEST(Attainment, IsOfTheDatasheetAndOfTheMeasuredPeakOfTheSameType) {
  const Report report = attained(with_a_peak());

  EXPECT_DOUBLE_EQ(*report.entries[1].attainment.of_datasheet, 0.6);
  EXPECT_DOUBLE_EQ(*report.entries[1].attainment.of_measured_peak, 0.75);
}

TEST(Attainment, IsUnknownWhereNothingWasPromised) {
  const Report report = attained(with_a_peak());

  EXPECT_FALSE(report.entries[2].attainment.of_datasheet);
  EXPECT_FALSE(report.entries[2].attainment.of_measured_peak);
  EXPECT_FALSE(report.entries[0].attainment.of_measured_peak)
      << "a peak is not measured against itself";
}

// On a GPU of which 100 is promised at 2 GHz on tensor units, 50 at 4 GHz elsewhere, and memory of
// 8 B/s.
Report on_a_gpu(Entry entry, double measured_clock) {
  entry.result.device = entry.result.memory = "cuda";
  auto& device = std::get<Measured>(entry.result.outcome).vitals.device.emplace();
  device.measured_clock = OverDevices{measured_clock, {measured_clock, 0, "node07"}};
  Report report;
  report.machine.datasheet.peak = {{DType::bf16, {100}}, {DType::f32, {50}}};
  report.machine.datasheet.tensor_clock = Frequency{2e9};
  report.machine.datasheet.clock = Frequency{4e9};
  report.machine.datasheet.memory = Bandwidth{8};
  report.entries.push_back(std::move(entry));
  return report;
}

TEST(Attainment, AtTheMeasuredClockLeavesOutWhatTheClockTook) {
  const auto of = [](DType type, double clock) {
    const Report report =
        attained(on_a_gpu(measured_at("gemm", Suite::gemm, type, 40, {1}), clock));
    return *report.entries[0].attainment.of_datasheet_at_clock;
  };

  EXPECT_DOUBLE_EQ(of(DType::bf16, 1e9), 40 / (100 * 0.5));
  EXPECT_DOUBLE_EQ(of(DType::f32, 2e9), 40 / (50 * 0.5)) << "with the clock of other units";
}

Entry pass_of(double bytes) {
  Entry entry = measured_at("memory_read", Suite::memory, DType::f64, 0, {1});
  entry.result.params = Params({{"bytes", static_cast<std::int64_t>(bytes)}});
  entry.result.work.memory = {4};
  return entry;
}

TEST(Attainment, OfTheMemoryOfAGpuIsOfPassesThatNoCacheHolds) {
  EXPECT_EQ(attained(on_a_gpu(pass_of(0x1p30), 1e9)).entries[0].attainment.of_datasheet, 0.5);
  EXPECT_EQ(attained(on_a_gpu(pass_of(0x1p29), 1e9)).entries[0].attainment.of_datasheet,
            std::nullopt);
}

TEST(Attainment, OfTheMemoryOfAHostIsNotThatOfOneRank) {
  Report report = on_a_gpu(pass_of(0x1p30), 1e9);
  report.entries[0].result.memory = "host";

  EXPECT_EQ(attained(report).entries[0].attainment.of_datasheet, std::nullopt);
}

TEST(Attainment, ComparesNoVectorUnitsOfAGpuWithItsTensorUnits) {
  Report report;
  report.machine.datasheet = {"H200", "the maker", "", {{DType::f64, {67}}, {DType::f32, {67}}}};
  for (const DType type : {DType::f64, DType::f32}) {
    report.entries.push_back(measured_at("peak_flops", Suite::gemm, type, 32, {1}));
    report.entries.push_back(measured_at("gemm", Suite::gemm, type, 60, {1}));
  }
  for (Entry& entry : report.entries) entry.result.device = "cuda";

  report = attained(std::move(report));

  EXPECT_FALSE(report.entries[0].attainment.of_datasheet);
  EXPECT_FALSE(report.entries[1].attainment.of_measured_peak);
  EXPECT_TRUE(report.entries[1].attainment.of_datasheet);
  EXPECT_TRUE(report.entries[2].attainment.of_datasheet);
  EXPECT_TRUE(report.entries[3].attainment.of_measured_peak);
}

// Of 40 bytes in a second.
Entry copy_of(const std::string& benchmark, const std::string& direction,
              const std::string& group) {
  Entry entry = measured_at(benchmark, Suite::device_link, DType::f32, 0, {1});
  entry.result.device = entry.result.memory = "cuda";
  entry.result.params = Params({{"direction", direction}, {"group", group}});
  entry.result.work.payload = {40e9};
  return entry;
}

// Two ranks: the GPU of the second has half of the lanes. Both have NVLinks of 50 GB/s.
Report of_copies(const Entry& entry) {
  Report report;
  report.run.ranks = 0;
  Machine& machine = report.machine;
  machine.hosts.push_back({.name = "node07"});
  for (const auto& [address, lanes] :
       {std::pair{"0000:17:00.0", 16}, std::pair{"0000:18:00.0", 8}}) {
    Gpu gpu;
    gpu.slot.address = address;
    gpu.slot.maximum = {*pcie_lane(5), lanes};
    machine.hosts[0].gpus.push_back(gpu);
    Binding rank;
    rank.rank = report.run.ranks++;
    rank.host = "node07";
    rank.gpu = address;
    machine.bindings.push_back(rank);
    Link link;
    link.kind = Link::Kind::nvlink;
    link.host = "node07";
    link.from = address;
    link.to = "GPUs";
    link.raw = Bandwidth{50e9};
    link.source = "2 links x 25.0 GB/s (NVLink 4), datasheet X";
    machine.links.push_back(link);
  }
  report.entries.push_back(entry);
  return report;
}

Attainment attained_by(const Report& report) { return attained(report).entries[0].attainment; }

TEST(Attainment, OfACopyToTheHostIsOfTheSlotOfItsGpu) {
  const Attainment one = attained_by(of_copies(copy_of("host_copy", "to_device", "one")));

  EXPECT_NEAR(*one.of_datasheet, 40 / (16 * 32 / 8.0 * 128 / 130 * 256 / 280), 1e-12);
  EXPECT_EQ(one.datasheet_limit,
            "57.6 GB/s, 16 lanes x 32 GT/s / 8 x 128/130 (128b/130b) x 256/280 (packets)");
}

TEST(Attainment, OfCopiesOfAllRanksIsOfTheSlowestSlot) {
  const Attainment all = attained_by(of_copies(copy_of("host_copy", "to_host", "all")));

  EXPECT_NEAR(*all.of_datasheet, 40 / (8 * 32 / 8.0 * 128 / 130 * 256 / 280), 1e-12);
}

TEST(Attainment, OfCopiesBothWaysIsOfEachDirection) {
  const Attainment both = attained_by(of_copies(copy_of("host_copy", "both", "one")));
  const Attainment one_way = attained_by(of_copies(copy_of("host_copy", "to_device", "one")));
  const Attainment peers = attained_by(of_copies(copy_of("peer_copy", "both_ways", "0-1")));

  EXPECT_DOUBLE_EQ(*both.of_datasheet, *one_way.of_datasheet / 2);
  EXPECT_DOUBLE_EQ(*peers.of_datasheet, 0.8) << "each rank counts the copy that it makes";
}

TEST(Attainment, OfACopyToTheHostIsNotOfASlotThatItDoesNotTake) {
  Report report = of_copies(copy_of("host_copy", "to_device", "one"));
  report.machine.links[0].to = "host";
  report.machine.links[0].raw = Bandwidth{400e9};

  EXPECT_DOUBLE_EQ(*attained_by(report).of_datasheet, 0.1);
}

TEST(Attainment, OfACopyBetweenGpusIsOfTheirNvlinks) {
  const Attainment pair = attained_by(of_copies(copy_of("peer_copy", "one_way", "0-1")));

  EXPECT_DOUBLE_EQ(*pair.of_datasheet, 0.8);
  EXPECT_EQ(pair.datasheet_limit, "50.0 GB/s, 2 links x 25.0 GB/s (NVLink 4), datasheet X");
}

TEST(Attainment, OfACopyBetweenGpusWithoutNvlinksIsOfTheirSlots) {
  Report report = of_copies(copy_of("peer_copy", "one_way", "0-1"));
  report.machine.links.clear();
  EXPECT_FALSE(attained_by(report).of_datasheet) << "no driver was asked";
  for (Gpu& gpu : report.machine.hosts[0].gpus) gpu.facts.nvlinks = 0;
  EXPECT_NEAR(*attained_by(report).of_datasheet, 40 / (8 * 32 / 8.0 * 128 / 130 * 256 / 280), 1e-12);

  Report without_bridges = of_copies(copy_of("peer_copy", "one_way", "0-1"));
  for (Gpu& gpu : without_bridges.machine.hosts[0].gpus) {
    gpu.facts.nvlinks = 12;
    gpu.facts.nvlinks_up = 0;
  }
  EXPECT_EQ(attained_by(without_bridges).of_datasheet, attained_by(report).of_datasheet);

  report.machine.bindings[1].gpu = report.machine.bindings[0].gpu;
  EXPECT_FALSE(attained_by(report).of_datasheet) << "a copy within a GPU takes no link";
}

TEST(Attainment, OfCopiesIsOfThoseThatTakePart) {
  Report report = of_copies(copy_of("peer_copy", "one_way", "0-1"));
  Binding third = report.machine.bindings[0];
  third.rank = report.run.ranks++;
  third.gpu = "0000:19:00.0";  // of which nothing is known
  report.machine.bindings.push_back(third);

  EXPECT_DOUBLE_EQ(*attained_by(report).of_datasheet, 0.8);
}

TEST(Attainment, OfACopyIsUnknownWhereALinkIs) {
  Report without_nvlink = of_copies(copy_of("peer_copy", "one_way", "0-1"));
  without_nvlink.machine.links.pop_back();
  without_nvlink.machine.hosts[0].gpus[1].facts.nvlinks = 18;
  Report without_lanes = of_copies(copy_of("host_copy", "to_host", "all"));
  without_lanes.machine.hosts[0].gpus[1].slot.maximum = {};

  EXPECT_FALSE(attained_by(without_nvlink).of_datasheet);
  EXPECT_FALSE(attained_by(without_lanes).of_datasheet);
  EXPECT_FALSE(attained_by(of_copies(copy_of("device_copy", "one_way", "all"))).of_datasheet);
}

Machine with_a_gpu() {
  Machine machine;
  machine.hosts.push_back({.name = "node07"});
  machine.hosts[0].gpus = {{.slot = {.address = "0000:17:00.0"}, .vendor = "NVIDIA"},
                           {.slot = {.address = "0000:18:00.0"}, .vendor = "NVIDIA"}};
  return machine;
}

TEST(UnusableDevices, AreNamedIfTheHostIsMeasuredInTheirPlace) {
  const auto findings = unusable_devices(with_a_gpu(), {"host"});

  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].severity, Finding::Severity::unknown);
  EXPECT_EQ(findings[0].host, "node07");
  EXPECT_EQ(findings[0].expected, 2);
}

TEST(UnusableDevices, AreFineIfUsedOrLeftOutByChoice) {
  EXPECT_TRUE(unusable_devices(with_a_gpu(), {"cuda"}).empty());
  EXPECT_TRUE(unusable_devices(with_a_gpu(), {"host", true}).empty());
  EXPECT_TRUE(unusable_devices({}, {"host"}).empty());
}

TEST(UnusableDevices, GpusWithoutARankAreNamedWhereOthersHaveOne) {
  Machine machine = with_a_gpu();
  Binding first;
  first.host = machine.hosts[0].name;
  first.gpu = "0000:17:00.0";

  machine.bindings = {first};
  const auto findings = gpus_without_a_rank(machine);

  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].device, "0000:18:00.0");
  EXPECT_EQ(findings[0].reason, "1 GPU of 2 had no rank, and was not measured");
  machine.bindings[0].gpu.clear();
  EXPECT_TRUE(gpus_without_a_rank(machine).empty()) << "on the host alone";
}

}  // namespace
}  // namespace shortfall
