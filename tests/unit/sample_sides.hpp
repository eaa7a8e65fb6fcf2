// Reports to be compared.
#pragma once

#include "diagnosis/compare.hpp"
#include "tests/unit/sample_report.hpp"

namespace shortfall::sample {

inline constexpr double floor_of_5_percent = 0.05;

inline NamedReport report_of(const std::string& name, std::vector<Entry> entries) {
  NamedReport one{name, report()};
  one.report.entries = std::move(entries);
  return one;
}

// One case that takes `times` of what it takes in other reports.
inline NamedReport report_with(const std::string& name, double times) {
  return report_of(name, {collective("all_reduce", 4096, 1, 2e-6 * times)});
}

inline NamedReport report_of_steps(const std::string& name, std::vector<ShortfallRow> rows,
                                   double step) {
  NamedReport one = report_of(name, {});
  one.report.shortfall->waterfall = std::move(rows);
  one.report.shortfall->measured_step = Seconds{step};
  return one;
}

inline ReportComparison compare(const Side& baseline, const Side& candidate) {
  return compared(baseline, candidate, floor_of_5_percent, false);
}

}  // namespace shortfall::sample
