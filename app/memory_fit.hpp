// Leaves out what does not fit into the memory of the hosts.
#pragma once

#include <vector>

#include "harness/plan.hpp"
#include "topology/machine.hpp"

namespace shortfall {

// A case that is too large for the host with the least memory free goes to plan.excluded. Throws
// BadUsage instead if the `user_named` what is measured.
void fit_into_memory(Plan& plan, bool user_named, const Machine& machine, const HostOfRank& hosts,
                     const std::vector<Benchmark>& all);

}  // namespace shortfall
