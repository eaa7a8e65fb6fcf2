// The cases of two sides against one another.
#pragma once

#include "diagnosis/compare.hpp"

namespace shortfall {

// Adds cases and one_sided.
void compare_cases(const Side& baseline, const Side& candidate, ReportComparison& into);

// By more than `floor`, and told apart from chance: by their 95 % intervals, or where one of them
// has none, by ranges that do not overlap and would by chance in one of 20 cases at most.
Change change_of(const SideTime& baseline, const SideTime& candidate, double floor);

}  // namespace shortfall
