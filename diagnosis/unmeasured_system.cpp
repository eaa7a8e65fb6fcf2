#include "diagnosis/unmeasured_system.hpp"

#include <algorithm>
#include <array>

#include "core/error.hpp"
#include "core/text.hpp"
#include "diagnosis/measured_steps.hpp"
#include "model/system/literature.hpp"
#include "model/system/published.hpp"
#include "model/training/gpu_sheet.hpp"

namespace shortfall {
namespace {

DeviceConditions conditions_of(const TrainingRun& run) {
  return {.scale_up = run.fabric.scale_up,
          .scale_out = run.fabric.scale_out,
          .memory = run.fabric.memory,
          .power_limit_w = run.fabric.power_limit_w};
}

// Rank 0's GPU as its datasheet and others' measurements describe it.
DeviceSheet gpu_of(const Report& report, const Datasheets& sheets, const std::string& source) {
  const auto& hosts = report.machine.hosts;
  const auto& bindings = report.machine.bindings;
  if (!hosts.empty()) {
    for (const Gpu& gpu : hosts.front().gpus) {
      const bool is_used = bindings.empty() || bindings.front().gpu == gpu.slot.address;
      if (is_used && is_name_of_gpu(gpu.best_name())) return sheet_of(gpu, sheets);
    }
  }
  return gpu_sheet(report.machine.datasheet.name, sheets, source + ": machine.datasheet").sheet;
}

// The whole product is one piece of work for a processor's core.
constexpr std::array<Tile, 1> no_tiles{{{1, 1, 1}}};

DeviceModel processor_of(const Report& report) {
  const auto ranks = static_cast<double>(ranks_of_a_host(report));
  DeviceModel device;
  const std::string& name = report.machine.datasheet.name;
  device.name = name.empty() ? report.run.topology_class : name;
  for (const auto& [type, peak] : report.machine.datasheet.peak) {
    if (type == DType::bf16 || (type == DType::f32 && device.peak <= Throughput{0}))
      device.peak = peak;
  }
  device.without_matrix_units = device.peak;
  device.tiles = no_tiles;
  if (report.machine.datasheet.memory) {
    device.memory_promised = *report.machine.datasheet.memory / ranks;
    device.memory = device.memory_promised * published::memory;
  }
  if (!report.machine.hosts.empty()) device.memory_size = report.machine.hosts[0].memory / ranks;
  device.attention.fill({1, 1});
  return device;
}

SystemModel system_of_processors(const Report& report, const TrainingRun& run) {
  SystemModel system;
  system.device = processor_of(report);
  system.scale_up = {.promised = run.fabric.scale_up.value_or(Bandwidth{}),
                     .start = published::collective_start,
                     .hop = published::scale_up_hop};
  system.scale_out = {.promised = run.fabric.scale_out.value_or(published::usual_nic),
                      .attained = published::scale_out,
                      .hop = published::scale_out_hop};
  return system;
}

SystemModel system_of_gpu(const Report& report, const TrainingRun& run, const SheetsFor& by) {
  return literature_system(gpu_of(report, by.sheets, by.source), conditions_of(run));
}

// A core that multiplies and adds four numbers of 32 bits in each cycle at 2 GHz, as the smallest
// servers have them; half of a channel of DDR4-2133. They decide what a first plan leaves out, and
// nothing that is told as a result.
constexpr Throughput rough_peak{16e9};
constexpr Bandwidth rough_memory{8e9};

}  // namespace

bool runs_on_gpu(const std::vector<MeasuredCase>& cases) {
  return std::ranges::any_of(cases, [](const MeasuredCase& one) {
    const bool computes = one.result->suite == Suite::gemm || one.result->suite == Suite::memory ||
                          step_as<Gemm>(*one.result) || step_as<MemoryPass>(*one.result);
    return computes && one.result->device != "host";
  });
}

std::int64_t ranks_of_a_host(const Report& report) {
  std::int64_t most = 0;
  const HostOfRank hosts = hosts_by_rank(report);
  for (const int host : hosts) most = std::max<std::int64_t>(most, std::ranges::count(hosts, host));
  return most > 0 ? most : std::max(1, report.run.ranks / std::max(1, report.run.hosts));
}

SystemModel system_of_device(const Report& report, const TrainingRun& run, const SheetsFor& by,
                             bool is_gpu) {
  if (!is_gpu) return system_of_processors(report, run);
  if (by.unknown == Unknown::refused) return system_of_gpu(report, run, by);
  try {
    return system_of_gpu(report, run, by);
  } catch (const BadUsage& unknown) {
    SystemModel system = system_of_processors(report, run);
    system.sources.push_back(std::string("device: ") + unknown.what());
    return system;
  }
}

Report with_possible_datasheet(Report report) {
  Datasheet& sheet = report.machine.datasheet;
  std::erase_if(sheet.peak, [](const auto& one) { return !is_possible_rate(one.second.value); });
  if (sheet.memory && !is_possible_rate(sheet.memory->value)) sheet.memory.reset();
  return report;
}

void guess_what_is_missing(SystemModel& system) {
  DeviceModel& device = system.device;
  if (!(device.peak > Throughput{0})) {
    device.peak = device.without_matrix_units = rough_peak;
    system.sources.push_back("peak: no datasheet knows it, a rough " +
                             scaled(rough_peak.value, "FLOP/s") + " of each rank");
  }
  if (!(device.memory > Bandwidth{0})) {
    device.memory = device.memory_promised = rough_memory;
    system.sources.push_back("memory: no datasheet knows it, a rough " +
                             scaled(rough_memory.value, "B/s") + " of each rank");
  }
}

// Every byte is written and read.
void join_processors(SystemModel& system) {
  if (!(system.scale_up.promised > Bandwidth{0})) {
    system.scale_up.promised = system.device.memory / 2;
  }
}

}  // namespace shortfall
