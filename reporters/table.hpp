// A report for people at a terminal: what was measured, how much of what was promised, what is
// wrong.
#pragma once

#include <iosfwd>

#include "report/report.hpp"
#include "reporters/findings_text.hpp"

namespace shortfall {

// At most 100 columns, but for names that are longer. The last line is the verdict.
void write_table(std::ostream& out, const Report& report, TableStyle style = {});

}  // namespace shortfall
