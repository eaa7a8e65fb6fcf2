// What the results add up to: the findings that follow from them, and the verdict.
#pragma once

#include "report/report.hpp"

namespace shortfall {

// Adds what follows from the entries and the run; what others have put in stays:
//   findings          but for the kinds that are made here: wrong_data, not_measured,
//                     nothing_measured, disturbed, and those of the machine, ucx_kept_off,
//                     datasheet_exceeded
//   verdict.expected  cases planned, if more than there are entries
//   verdict.excluded  what the profile or the options left out
//   verdict.unknown   cases that were planned and never tried
// A skipped case is excluded. Findings end up worst first. Doing it twice changes nothing.
Report diagnosed(Report report);

// Of findings alone: 2 if one of them is a failure, else 3 if one is unknown, else 0.
int exit_status(const std::vector<Finding>& findings);

// 0 pass, 2 fail, 3 unknown, 4 warnings (if they fail).
int exit_status(const Verdict& verdict, bool fail_on_warn);

}  // namespace shortfall
