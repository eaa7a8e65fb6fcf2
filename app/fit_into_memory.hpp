// Cases that do not fit into the memory of a host.
#pragma once

#include <vector>

#include "app/options.hpp"
#include "harness/plan.hpp"
#include "topology/machine.hpp"

namespace shortfall {

// Takes them out of the plan; throws BadUsage if the user named their size.
void fit_into_memory(Plan& plan, const RunOptions& options, const Machine& machine,
                     const HostOfRank& hosts, const std::vector<Benchmark>& all);

}  // namespace shortfall
