// The report of a run that has not measured anything yet.
#pragma once

#include <string>

#include "app/options.hpp"
#include "backends/world.hpp"
#include "harness/plan.hpp"
#include "report/report.hpp"

namespace shortfall {

// On rank 0. `command` is the command line as it was typed.
Report begin_report(const RunOptions& options, const std::string& command, const Machine& machine,
                    const World& world, const Plan& plan);

}  // namespace shortfall
