// What is to be said of a machine, whatever was measured on it.
#pragma once

#include <string_view>
#include <vector>

#include "report/report.hpp"

namespace shortfall {

// Drift between hosts, links below what they can do, ranks in each other's way, others on the
// hosts, tight limits, RDMA devices that cannot be used as they should, and error counters that
// grew.
std::vector<Finding> machine_findings(const Machine& machine);

// Whether findings of this kind are made by machine_findings().
bool is_of_machine(std::string_view kind);

}  // namespace shortfall
