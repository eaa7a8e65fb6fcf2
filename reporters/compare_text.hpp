// Two sides of reports against one another, for people.
#pragma once

#include <iosfwd>

#include "diagnosis/compare.hpp"

namespace shortfall {

// At most 100 columns, but for words that are longer. The last line is the verdict.
void write_comparison(std::ostream& out, const ReportComparison& comparison);

}  // namespace shortfall
