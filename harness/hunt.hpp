// Carries a Search out on the machine: all ranks in lock step, rank 0 decides.
#pragma once

#include "harness/runner.hpp"

namespace shortfall {

struct Found {
  Operation operation;
  Details details;                     // what was found
  std::vector<FigureOfRanks> figures;  // best_<axis>, candidates, tried, measurements, search_s
};

// Collective over the job. Each candidate is measured briefly and unverified, by all ranks of the
// case's group at the same time; the slowest rank counts. Throws Stopped, on all ranks alike, when
// one could not go on.
Found hunt(const Benchmark& benchmark, const Params& params, const Bench& bench,
           const Effort& effort);

}  // namespace shortfall
