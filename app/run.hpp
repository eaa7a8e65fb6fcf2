// The `run` command: plan, measure every case, record, diagnose.
#pragma once

#include <string>

#include "app/options.hpp"
#include "core/params.hpp"

namespace shortfall {

// Collective. The exit status of the verdict on rank 0, 0 elsewhere. `command` goes into the
// report.
int run(RunOptions options, const std::string& command);

}  // namespace shortfall
