// What is to be said of devices after their drivers: brakes, clocks, errors, faults, other users.
#pragma once

#include <string_view>
#include <vector>

#include "report/report.hpp"

namespace shortfall {

// A device with this reason to be slow is not in order. A power cap is: products run into it.
bool is_brake(std::string_view clock_reason);
// Whether any device was braked in this case.
bool is_braked(const Measured& measured);

std::vector<Finding> gpu_clock_findings(const Report& report);
std::vector<Finding> gpu_fault_findings(const Report& report);
bool is_of_gpus(std::string_view kind);

}  // namespace shortfall
