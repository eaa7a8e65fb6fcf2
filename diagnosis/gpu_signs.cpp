#include "diagnosis/gpu_signs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/text.hpp"

namespace shortfall {

std::map<int, WorstOfRank> worst_by_rank(
    const Report& report, const std::function<std::optional<Complaint>(const DeviceVitals&)>& of) {
  std::map<int, WorstOfRank> ranks;
  for (const Entry& entry : report.entries) {
    const auto* const measured = std::get_if<Measured>(&entry.result.outcome);
    if (!measured || !measured->vitals.device) continue;
    const auto complaint = of(*measured->vitals.device);
    if (!complaint) continue;
    WorstOfRank& worst = ranks[complaint->at.rank];
    const double weight = std::abs(complaint->at.value - complaint->expected);
    if (++worst.cases > 1 && weight <= std::abs(worst.at.value - worst.expected)) continue;
    worst.at = complaint->at;
    worst.expected = complaint->expected;
    worst.metric = entry.result.key;
  }
  return ranks;
}

std::string device_of(const Report& report, int rank) {
  const auto& all = report.machine.bindings;
  const auto found = std::ranges::find(all, rank, &Binding::rank);
  return found == all.end() ? "" : found->gpu;
}

std::string also_in(const WorstOfRank& worst) {
  if (worst.cases < 2) return "";
  return fmt::format("; also in {}", counted(worst.cases - 1, "other case"));
}

Finding finding_of_device(const Report& report, Finding::Severity severity, std::string kind,
                          const WorstOfRank& worst, std::string unit) {
  return {.severity = severity,
          .kind = std::move(kind),
          .host = worst.at.host,
          .rank = worst.at.rank,
          .device = device_of(report, worst.at.rank),
          .metric = worst.metric,
          .value = worst.at.value,
          .expected = worst.expected,
          .unit = std::move(unit)};
}

std::optional<Complaint> any_of(const std::optional<OverDevices>& figure) {
  if (!figure || !(figure->worst.value > 0)) return std::nullopt;
  return Complaint{figure->worst, 0};
}

}  // namespace shortfall
