// A report for people at a terminal: what was measured, how much of what was promised, what is
// wrong.
#pragma once

#include <iosfwd>

#include "report/report.hpp"

namespace shortfall {

struct TableStyle {
  bool is_coloured = false;  // by ANSI escapes: for terminals alone
};

// At most 100 columns, but for names that are longer. The last line is the verdict.
void write_table(std::ostream& out, const Report& report, TableStyle style = {});

}  // namespace shortfall
