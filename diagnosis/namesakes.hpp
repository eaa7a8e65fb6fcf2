// Hosts that cannot be told apart by their names.
#pragma once

#include <string>
#include <vector>

#include "report/report.hpp"

namespace shortfall {

// By rank: the name of its host, and what was drawn when that was started ("" = not told). One
// finding (warn) for each name that several hosts have.
std::vector<Finding> namesakes(const std::vector<std::string>& names,
                               const std::vector<std::string>& boots);

}  // namespace shortfall
