// Training runs as a command line names them.
#pragma once

#include <string>
#include <vector>

#include "model/training/run_json.hpp"

namespace shortfall {

// Of a workload by its name, or of a file; a file that is called like a workload is reached by
// ./NAME. Throws BadUsage, with the workloads that are nearest, if there is neither.
std::vector<RunRow> runs_named(const std::string& runs);

// The same of the one run that a plan is asked for, whose split need not be told.
RunRow run_to_plan_named(const std::string& model);

}  // namespace shortfall
