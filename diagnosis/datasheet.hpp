// Rates that the datasheet says cannot be.
#pragma once

#include <vector>

#include "report/report.hpp"

namespace shortfall {

inline constexpr double above_datasheet_from = 1.05;  // of a promise: a finding above

// A working set of which no cache of an accelerator holds much: its last one may stand outside of
// what its maker calls L2.
inline constexpr Bytes beyond_caches_of_accelerator = 1_GiB;

// A finding against the datasheet (warn, "datasheet_exceeded") for each type, and for memory, of
// which more was measured than it promises: the most extreme case of each. A peak that is derived
// from the nominal clock of a processor may be exceeded by as much as its highest clock is higher,
// where that is known. Rates of memory count only where the working set is far too large for
// caches.
std::vector<Finding> above_datasheet(const Report& report);

}  // namespace shortfall
