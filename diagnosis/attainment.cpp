#include "diagnosis/attainment.hpp"

#include <algorithm>

#include "core/text.hpp"
#include "diagnosis/attained_fabric.hpp"
#include "diagnosis/attained_links.hpp"
#include "diagnosis/datasheet.hpp"

namespace shortfall {
namespace {

const Measured* measured(const Entry& entry) {
  return std::get_if<Measured>(&entry.result.outcome);
}

std::optional<Throughput> flop_rate(const Entry& entry) {
  const Measured* const m = measured(entry);
  if (!m) return std::nullopt;
  return rates(entry.result.work, m->timing.of_primary().median).flop;
}

// The PeakRate case of the same type and the same ranks.
std::optional<Throughput> measured_peak(const Report& report, DType type,
                                        const std::string& group) {
  for (const Entry& entry : report.entries) {
    const Result& r = entry.result;
    if (r.benchmark != "peak_flops" || r.params.dtype() != type) continue;
    if (r.params.text("group") == group) return flop_rate(entry);
  }
  return std::nullopt;
}

// Peaks of f64 and f32 are counted with the highest clock, those of types of tensor units with one
// of their own.
std::optional<Frequency> clock_of_peak(const Datasheet& sheet, DType type) {
  const bool is_plain = type == DType::f64 || type == DType::f32;
  return is_plain ? sheet.clock : sheet.tensor_clock;
}

std::optional<Frequency> measured_clock(const Entry& entry) {
  const auto& device = measured(entry)->vitals.device;
  if (!device || !device->measured_clock) return std::nullopt;
  return Frequency{device->measured_clock->median};
}

// A GPU multiplies matrices of f64 on tensor units, which its datasheet counts, too; peak_flops
// runs on its vector units.
bool is_of_two_units(const Result& result, DType type) {
  return result.device != "host" && type == DType::f64;
}

void attain_products(Entry& entry, const Report& report) {
  const auto rate = flop_rate(entry);
  const Result& r = entry.result;
  if (!rate || !r.params.has("dtype")) return;
  const DType type = r.params.dtype();
  const bool is_peak = r.benchmark == "peak_flops";
  if (is_peak && is_of_two_units(r, type)) return;
  const Datasheet& sheet = report.machine.datasheet;
  const auto promised = std::ranges::find(sheet.peak, type, &std::pair<DType, Throughput>::first);
  if (promised != sheet.peak.end()) {
    entry.attainment.of_datasheet = *rate / promised->second;
    entry.attainment.datasheet_limit = scaled(promised->second.value, "FLOP/s") + " " +
                                       std::string(name_of(type)) + ", " + sheet.source;
    const auto clock = clock_of_peak(sheet, type), found = measured_clock(entry);
    if (clock && found) {
      entry.attainment.of_datasheet_at_clock = *rate / (promised->second * (*found / *clock));
    }
  }
  const auto peak = measured_peak(report, type, r.params.text("group"));
  if (peak && !is_peak && !is_of_two_units(r, type))
    entry.attainment.of_measured_peak = *rate / *peak;
}

// Of accelerators alone: that of a host is shared by its ranks.
void attain_memory(Entry& entry, const Report& report) {
  const Result& r = entry.result;
  const Measured* const m = measured(entry);
  const auto& promised = report.machine.datasheet.memory;
  if (m == nullptr || !promised || r.memory == "host" || !r.params.has("bytes")) return;
  const auto rate = rates(r.work, m->timing.of_primary().median).memory;
  if (!rate || r.params.bytes("bytes") < beyond_caches_of_accelerator) return;
  entry.attainment.of_datasheet = *rate / *promised;
  entry.attainment.datasheet_limit =
      scaled(promised->value, "B/s") + ", " + report.machine.datasheet.source;
}

}  // namespace

Report attained(Report report) {
  const RankDevices ranks(report);
  for (Entry& entry : report.entries) {
    if (entry.result.suite == Suite::gemm) attain_products(entry, report);
    if (entry.result.suite == Suite::memory) attain_memory(entry, report);
    if (entry.result.suite == Suite::device_link) attain_links(entry, ranks, report.machine);
    if (entry.result.suite == Suite::network) attain_fabric(entry, ranks, report.machine);
  }
  return report;
}

}  // namespace shortfall
