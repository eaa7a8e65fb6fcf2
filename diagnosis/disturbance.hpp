// Hosts on which others worked while we measured.
#pragma once

#include <vector>

#include "report/report.hpp"

namespace shortfall {

inline constexpr double many_disturbed = 0.25;  // of the measured cases: a finding from here on
inline constexpr int least_cases = 4;           // fewer are no run that a host could have spoiled

// A finding "disturbed" for each such host.
std::vector<Finding> disturbed_hosts(const Report& report);

}  // namespace shortfall
