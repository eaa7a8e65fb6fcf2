#include "diagnosis/datasheet.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "core/text.hpp"

namespace shortfall {
namespace {

struct Promise {
  std::string of;  // "f64", "memory"
  double per_s = 0;
  std::string unit;          // as people write it
  std::string unit_in_file;  // as keys do
};

struct Excess {
  const Result* result = nullptr;
  Promise promise;
  double measured = 0;
  double share() const { return measured / promise.per_s; }
};

const Value* parameter(const Result& result, std::string_view name) {
  for (const auto& [key, value] : result.params) {
    if (key == name) return &value;
  }
  return nullptr;
}

bool is_on_host(const Result& result) { return result.device == "host"; }

// All instances of the last level, where it is known.
Bytes caches_of(const Report& report, const Result& result) {
  const auto& hosts = report.machine.hosts;
  if (!is_on_host(result) || hosts.empty() || hosts.front().cpu.caches.empty()) {
    return beyond_caches_of_accelerator;
  }
  const Cpu& cpu = hosts.front().cpu;
  const Cache& last = cpu.caches.back();
  return last.size * std::max(1.0, std::ceil(static_cast<double>(cpu.threads) / last.shared));
}

// Where ranks are not spread evenly, more than this work on some host.
double ranks_of_one_host(const Report& report, const Measured& measured, const Result& result) {
  if (!is_on_host(result)) return 1;
  const std::size_t hosts = std::max<std::size_t>(1, report.machine.hosts.size());
  return static_cast<double>(std::max<std::size_t>(1, active_ranks(measured) / hosts));
}

bool is_beyond_caches(const Report& report, const Result& result, double ranks) {
  constexpr double far = 4;
  const Value* const bytes = parameter(result, "bytes");
  const auto* const size = bytes == nullptr ? nullptr : std::get_if<std::int64_t>(bytes);
  if (size == nullptr) return false;
  const double needed = caches_of(report, result).value * (is_on_host(result) ? far : 1);
  return ranks * static_cast<double>(*size) >= needed;
}

// The datasheet is of all memory of a host, or of one device.
std::optional<Excess> of_memory(const Report& report, const Result& result, const Measured& m) {
  const auto rate = rates(result.work, m.timing.of_primary().median).memory;
  const auto& promised = report.machine.datasheet.memory;
  const double ranks = ranks_of_one_host(report, m, result);
  if (!rate || !promised || !is_beyond_caches(report, result, ranks)) return std::nullopt;
  return Excess{&result, {"memory", promised->value, "B/s", "bytes_per_s"}, rate->value * ranks};
}

std::optional<Excess> of_products(const Report& report, const Result& result, const Measured& m) {
  const auto rate = rates(result.work, m.timing.of_primary().median).flop;
  const Value* const named = parameter(result, "dtype");
  const auto* const name = named == nullptr ? nullptr : std::get_if<std::string>(named);
  if (!rate || name == nullptr) return std::nullopt;
  for (const auto& [type, peak] : report.machine.datasheet.peak) {
    if (name_of(type) != *name) continue;
    return Excess{&result, {*name, peak.value, "FLOP/s", "flop_per_s"}, rate->value};
  }
  return std::nullopt;
}

std::optional<Excess> compared(const Report& report, const Result& result) {
  const auto* const measured = std::get_if<Measured>(&result.outcome);
  if (measured == nullptr) return std::nullopt;
  if (result.suite == Suite::memory) return of_memory(report, result, *measured);
  if (result.suite == Suite::gemm) return of_products(report, result, *measured);
  return std::nullopt;
}

struct Turbo {
  double factor = 1;  // highest clock over nominal clock
  std::string words;  // for the reason; "" = does not apply
};

Turbo turbo_of(const Report& report, const Excess& excess) {
  const auto& hosts = report.machine.hosts;
  const bool is_by_clock = report.machine.datasheet.confidence == "derived" &&
                           is_on_host(*excess.result) && excess.promise.of != "memory";
  if (!is_by_clock || hosts.empty() || hosts.front().cpu.nominal_clock.value <= 0) return {};
  const Cpu& cpu = hosts.front().cpu;
  const std::string nominal = scaled(cpu.nominal_clock.value, "Hz");
  if (cpu.highest_clock <= cpu.nominal_clock) {
    return {1, fmt::format("; that peak counts with the nominal clock, {}, and how far a turbo "
                           "clock may exceed it is not known here: see core_clock",
                           nominal)};
  }
  return {cpu.highest_clock / cpu.nominal_clock,
          fmt::format("; that peak counts with the nominal clock, {}, but this is above even what "
                      "the highest clock, {}, gives",
                      nominal, scaled(cpu.highest_clock.value, "Hz"))};
}

Finding finding_of(const Report& report, const Excess& excess) {
  const Datasheet& sheet = report.machine.datasheet;
  const std::string confidence = sheet.confidence.empty() ? "not told" : sheet.confidence;
  return {
      .severity = Finding::Severity::warn,
      .kind = "datasheet_exceeded",
      .device = excess.result->device,
      .metric = excess.result->key,
      .value = excess.measured,
      .expected = excess.promise.per_s,
      .unit = excess.promise.unit_in_file,
      .reason = fmt::format("{} of {} were measured, {:.0f} % of the {} that the datasheet of "
                            "{} promises (source: {}; confidence: {}){}",
                            scaled(excess.measured, excess.promise.unit), excess.promise.of,
                            100 * excess.share(), scaled(excess.promise.per_s, excess.promise.unit),
                            sheet.name, sheet.source, confidence, turbo_of(report, excess).words),
      .action =
          "Do not trust shares of this datasheet before its figure is checked; give the "
          "right one with --datasheet FILE (docs/datasheets.md)"};
}

}  // namespace

std::vector<Finding> above_datasheet(const Report& report) {
  std::map<std::string, Excess> worst;
  for (const Entry& entry : report.entries) {
    const auto excess = compared(report, entry.result);
    if (!excess || !std::isfinite(excess->share())) continue;
    const double allowed = above_datasheet_from * turbo_of(report, *excess).factor;
    if (excess->share() <= allowed) continue;
    Excess& known = worst[excess->promise.of];
    if (known.result == nullptr || excess->share() > known.share()) known = *excess;
  }
  std::vector<Finding> findings;
  for (const auto& [of, excess] : worst) findings.push_back(finding_of(report, excess));
  return findings;
}

}  // namespace shortfall
