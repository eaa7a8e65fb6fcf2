// How much of what was promised was delivered: of the datasheet, and of the peak that the same run
// measured.
#pragma once

#include "report/report.hpp"

namespace shortfall {

// Fills in every entry's Attainment from the report's machine and its peak_flops results.
Report attained(Report report);

}  // namespace shortfall
