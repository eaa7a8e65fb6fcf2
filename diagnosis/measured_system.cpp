#include "diagnosis/measured_system.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>

#include "core/error.hpp"
#include "core/text.hpp"
#include "diagnosis/host_spread.hpp"
#include "diagnosis/measured_device.hpp"
#include "diagnosis/measured_links.hpp"
#include "diagnosis/measured_rates.hpp"
#include "diagnosis/rank_lag.hpp"
#include "diagnosis/unmeasured_system.hpp"

namespace shortfall {
namespace {

DType type_of(const TrainingRun& run) {
  if (run.precision == Precision::fp16) return DType::f16;
  const bool is_bf16 = run.precision == Precision::bf16 || run.precision == Precision::fp8;
  return is_bf16 ? DType::bf16 : DType::f32;
}

// Beyond what any machine has, so that nothing computed from it is infinite or nothing.
void refuse_impossible(const Datasheet& sheet, const std::string& source) {
  const auto check = [&](const std::string& field, double value) {
    if (is_possible_rate(value)) return;
    throw BadUsage(
        fmt::format("{}: machine.datasheet.{}: expected from {} to {} a second, found {}", source,
                    field, least_rate, most_rate, value));
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

// No more than with it; as long as with it, if the rank that is waited for is another host's.
RankWaits waits_without(const HostLeftOut& host, const RankLag& lag, const Report& report) {
  const auto& bindings = report.machine.bindings;
  const auto slow = std::ranges::find_if(
      bindings, [&](const Binding& binding) { return binding.rank == lag.slow_rank; });
  if (!host.slowest || (slow != bindings.end() && slow->host != host.host)) return lag.waits;
  return {std::min(host.slowest->after_step, lag.waits.after_step),
          std::min(host.slowest->in_layers, lag.waits.in_layers)};
}

// By the typical rank, and how far the slowest one is behind it.
void set_ranks(SystemModel& system, const Report& report, const std::vector<MeasuredCase>& cases,
               const HostOfRank& hosts, const RankLag& lag) {
  const RankSpread ranks = rank_spread(cases);
  system.spread = ranks.spread;
  system.sources.push_back(ranks.source);
  system.sources.push_back(lag.source);
  if (lag.ranks > 0) system.slowest = lag.waits;
  system.measured_ranks = lag.ranks;
  if (hosts.empty()) return;
  system.hosts = hosts_left_out(cases, report.machine.bindings);
  for (HostLeftOut& host : system.hosts) host.slowest = waits_without(host, lag, report);
}

// A processor does its rank's operations itself. Of a GPU it is what its driver takes; a framework
// above it comes on top.
void set_dispatch(SystemModel& system, const std::vector<MeasuredCase>& cases, bool has_gpu) {
  if (!has_gpu) {
    system.dispatch = {};
    system.sources.push_back("dispatch: none, processors do their operations themselves");
    return;
  }
  const auto launch = std::ranges::find_if(cases, [](const MeasuredCase& one) {
    return one.result->benchmark == "gpu_launch" && word_of(*one.result, "how") == "stream";
  });
  if (launch == cases.end()) {
    system.sources.push_back("dispatch: not measured, published times of a framework");
    return;
  }
  system.dispatch = {launch->typical(), launch->typical()};
  system.sources.push_back(fmt::format("dispatch: {} by {}, without a framework",
                                       scaled(launch->typical().value, "s"), launch->result->key));
}

SystemModel system_from(const Report& report, const TrainingRun& run, const SheetsFor& by) {
  const std::string& source = by.source;
  refuse_impossible(report.machine.datasheet, source);
  const std::vector<MeasuredCase> all = measured_cases(report, source);
  const std::vector<MeasuredCase> cases = in_turn_with(by.turn, all);
  const HostOfRank hosts = hosts_by_rank(report);
  const bool has_gpu = runs_on_gpu(cases);
  SystemModel system = system_of_device(report, run, by, has_gpu);
  system.name = "the datasheet of " + system.device.name;
  set_passes(system, cases);  // first: products are no faster than memory
  set_products(system, report, cases, {type_of(run), has_gpu, contention_of(all, by.turn)});
  if (by.unknown == Unknown::guessed) guess_what_is_missing(system);
  refuse_unknown(system, source);
  join_processors(system);
  const RankLag lag = rank_lag(cases, by.turn);
  set_links(system, cases, {hosts, source});
  set_dispatch(system, cases, has_gpu);
  system.scale_up_ranks =
      run.fabric.scale_up_gpus > 0 ? run.fabric.scale_up_gpus : ranks_of_a_host(report);
  system.name = system.device.name + ", as measured in " + source;
  set_ranks(system, report, cases, hosts, lag);
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
  return finished(system_from(report, run, {sheets, source}), report, run, source);
}

SystemModel system_of_this_run(const Report& report, TrainingRun& run, const Datasheets& sheets,
                               std::string_view step) {
  const std::string source = "this run";
  const Report known = with_possible_datasheet(report);
  return finished(system_from(known, run, {sheets, source, Unknown::guessed, step}), known, run,
                  source);
}

SystemFor by_report(Report report, Datasheets sheets, std::string source) {
  using Known = std::map<Asked, SystemModel>;
  return [report = std::move(report), sheets = std::move(sheets), source = std::move(source),
          known = std::make_shared<Known>()](TrainingRun& run, const std::string&) {
    const Asked asked = asked_by(run);
    auto found = known->find(asked);
    if (found == known->end()) {
      found = known->emplace(asked, system_from(report, run, {sheets, source})).first;
    }
    return finished(found->second, report, run, source);
  };
}

}  // namespace shortfall
