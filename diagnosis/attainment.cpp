#include "diagnosis/attainment.hpp"

#include <algorithm>

#include "core/text.hpp"

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

void attain(Entry& entry, const Report& report) {
  const auto rate = flop_rate(entry);
  const Result& r = entry.result;
  if (!rate || r.suite != Suite::gemm || !r.params.has("dtype")) return;
  const DType type = r.params.dtype();
  const auto promised =
      std::ranges::find(report.machine.datasheet.peak, type, &std::pair<DType, Throughput>::first);
  if (promised != report.machine.datasheet.peak.end()) {
    entry.attainment.of_datasheet = *rate / promised->second;
    entry.attainment.datasheet_limit = scaled(promised->second.value, "FLOP/s") + " " +
                                       std::string(name_of(type)) + ", " +
                                       report.machine.datasheet.source;
  }
  const auto peak = measured_peak(report, type, r.params.text("group"));
  if (peak && r.benchmark != "peak_flops") entry.attainment.of_measured_peak = *rate / *peak;
}

}  // namespace

Report attained(Report report) {
  for (Entry& entry : report.entries) attain(entry, report);
  return report;
}

}  // namespace shortfall
