// A report for spreadsheets and data frames: one row for each case.
#pragma once

#include <iosfwd>

#include "report/report.hpp"

namespace shortfall {

// RFC 4180. A column is named by its path in a result of report.json
// ("timing.throughput.median_s"), which carries the unit; one column for each parameter that any
// case has. Empty = unknown.
void write_csv(std::ostream& out, const Report& report);

}  // namespace shortfall
