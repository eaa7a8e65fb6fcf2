// What happens once in a job, and is a result all the same: joining it, and being connected.
#pragma once

#include <vector>

#include "harness/runner.hpp"

namespace shortfall {

// "mpi_init" or, without MPI, "join" (World::joined_in), and "connect" for each kind of group that
// was made: one sample, the slowest rank's. Collective over the job, after the last case; nothing
// on a single rank.
std::vector<Result> startup_results(const Bench& bench);

}  // namespace shortfall
