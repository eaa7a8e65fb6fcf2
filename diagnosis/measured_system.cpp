#include "diagnosis/measured_system.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <tuple>

#include "core/error.hpp"
#include "core/text.hpp"
#include "diagnosis/host_spread.hpp"
#include "diagnosis/measured_device.hpp"
#include "diagnosis/measured_links.hpp"
#include "model/system/literature.hpp"
#include "model/system/published.hpp"
#include "model/training/gpu_sheet.hpp"

namespace shortfall {
namespace {

bool runs_on_gpu(const std::vector<MeasuredCase>& cases) {
  return std::ranges::any_of(cases, [](const MeasuredCase& one) {
    const bool computes = one.result->suite == Suite::gemm || one.result->suite == Suite::memory;
    return computes && one.result->device != "host";
  });
}

double ranks_of_a_host(const Report& report) {
  const auto hosts = std::max(1, report.run.hosts);
  return std::max(1.0, std::floor(static_cast<double>(report.run.ranks) / hosts));
}

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
  const double ranks = ranks_of_a_host(report);
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

SystemModel processors_of(const Report& report, const TrainingRun& run) {
  SystemModel system;
  system.device = processor_of(report);
  system.scale_up = {.promised = run.fabric.scale_up.value_or(Bandwidth{}),
                     .start = published::collective_start,
                     .hop = published::scale_up_hop};
  system.scale_out = {.promised = run.fabric.scale_out.value_or(published::usual_nic),
                      .attained = published::scale_out,
                      .hop = published::scale_out_hop};
  system.dispatch = published::dispatch;
  return system;
}

DType type_of(const TrainingRun& run) {
  return run.precision == Precision::fp16 ? DType::f16 : DType::bf16;
}

// Beyond what any machine has, so that nothing computed from it is infinite or nothing.
void refuse_impossible(const Datasheet& sheet, const std::string& source) {
  const auto check = [&](const std::string& field, double value) {
    constexpr double least = 1e3, most = 1e21;
    if (value >= least && value <= most) return;
    throw BadUsage(
        fmt::format("{}: machine.datasheet.{}: expected from {} to {} a second, found {}", source,
                    field, least, most, value));
  };
  for (const auto& [type, peak] : sheet.peak) {
    check(fmt::format("peak_flop_per_s.{}", name_of(type)), peak.value);
  }
  if (sheet.memory) check("memory_bytes_per_s", sheet.memory->value);
}

void refuse_unknown(const SystemModel& system, const std::string& source) {
  const DeviceModel& device = system.device;
  const auto refuse = [&](std::string_view what, std::string_view suite) {
    throw BadUsage(
        fmt::format("{}: {} of {} is neither measured nor told by a datasheet. Measure "
                    "it with 'shortfall run --suite {}'",
                    source, what, device.name, suite));
  };
  if (!(device.peak > Throughput{0})) refuse("the rate of products", "gemm");
  if (!(device.memory > Bandwidth{0})) refuse("the bandwidth of memory", "memory");
}

// Ranks of a host exchange data through its memory: every byte is written and read.
void join_processors(SystemModel& system) {
  if (!(system.scale_up.promised > Bandwidth{0})) {
    system.scale_up.promised = system.device.memory / 2;
  }
}

SystemModel system_from(const Report& report, const TrainingRun& run, const Datasheets& sheets,
                        const std::string& source) {
  refuse_impossible(report.machine.datasheet, source);
  const std::vector<MeasuredCase> cases = measured_cases(report, source);
  const HostOfRank hosts = hosts_by_rank(report);
  const bool has_gpu = runs_on_gpu(cases);
  SystemModel system = has_gpu
                           ? literature_system(gpu_of(report, sheets, source), conditions_of(run))
                           : processors_of(report, run);
  system.name = "the datasheet of " + system.device.name;
  set_passes(system, cases);  // first: products are no faster than memory
  set_products(system, report, cases, {type_of(run), has_gpu});
  refuse_unknown(system, source);
  join_processors(system);
  set_links(system, cases, hosts, source);
  system.sources.push_back("dispatch: not measured, published times of a framework");
  system.scale_up_ranks = run.fabric.scale_up_gpus > 0
                              ? run.fabric.scale_up_gpus
                              : static_cast<std::int64_t>(ranks_of_a_host(report));
  system.name = system.device.name + ", as measured in " + source;
  const RankSpread ranks = rank_spread(cases);
  system.spread = ranks.spread;
  system.sources.push_back(ranks.source);
  if (!hosts.empty()) system.hosts = hosts_left_out(cases, report.machine.bindings);
  return system;
}

void say_what_is_assumed(const Report& report, TrainingRun& run, const SystemModel& system,
                         const std::string& source) {
  run.peak.reset();
  run.assumed.push_back(fmt::format("gpu = {} as measured in {}, instead of '{}'",
                                    system.device.name, source, run.gpu));
  if (!run.others.empty()) run.assumed.push_back("all devices alike, as measured");
  if (report.run.status == RunStatus::partial) {
    run.assumed.push_back(source + " is of a run that was not finished");
  }
}

// What system_from() looks at in a run.
using Asked = std::tuple<Precision, std::optional<Bandwidth>, std::optional<Bandwidth>,
                         std::optional<Bandwidth>, std::optional<double>, std::int64_t>;
Asked asked_by(const TrainingRun& run) {
  const Fabric& fabric = run.fabric;
  return {run.precision, fabric.scale_up,      fabric.scale_out,
          fabric.memory, fabric.power_limit_w, fabric.scale_up_gpus};
}

// Of that run alone.
SystemModel finished(SystemModel system, const Report& report, TrainingRun& run,
                     const std::string& source) {
  if (run.outer) system.between_clusters = run.outer->link;
  say_what_is_assumed(report, run, system, source);
  return system;
}

}  // namespace

SystemModel system_of(const Report& report, TrainingRun& run, const Datasheets& sheets,
                      const std::string& source) {
  return finished(system_from(report, run, sheets, source), report, run, source);
}

SystemFor by_report(Report report, Datasheets sheets, std::string source) {
  using Known = std::map<Asked, SystemModel>;
  return [report = std::move(report), sheets = std::move(sheets), source = std::move(source),
          known = std::make_shared<Known>()](TrainingRun& run, const std::string&) {
    const Asked asked = asked_by(run);
    auto found = known->find(asked);
    if (found == known->end()) {
      found = known->emplace(asked, system_from(report, run, sheets, source)).first;
    }
    return finished(found->second, report, run, source);
  };
}

}  // namespace shortfall
