// The commands that measure nothing. Each returns the exit status.
#pragma once

#include "app/options.hpp"

namespace shortfall {

int list(const ListOptions& options);
int show_machine(const MachineOptions& options);
int show_report(const ReportOptions& options);

}  // namespace shortfall
