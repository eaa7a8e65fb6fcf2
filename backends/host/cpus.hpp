// How many threads a rank should start: the cores that it may use, shared with its neighbours.
#pragma once

#include <string>
#include <vector>

#include "backends/binding.hpp"

namespace shortfall {

// The CPUs on which the calling thread may run. Empty if /proc does not say.
std::vector<int> allowed_cpus();

// Cores to which these logical CPUs belong. One of which `machine` does not know counts as a core.
int distinct_cores(const std::vector<int>& cpus, const std::vector<LogicalCpu>& machine);

struct CpuShare {
  int cores = 1;          // that this process may run on
  bool is_bound = false;  // to a part of the machine: nobody else is meant to use these cores
  int ranks_on_host = 1;
  std::string omp_num_threads = {};  // as the environment says; empty if it does not
};

// At least 1. What the user asks for goes before what the machine has.
int thread_count(const CpuShare& share);

// Of this process, as it is bound now.
int threads_of_this_rank();

// The first CPUs of two cores that the calling thread may use; twice the same where it has one
// core, -1 where the system does not say.
struct TwoCpus {
  int first = -1, second = -1;
};
TwoCpus two_cpus_of(const std::vector<int>& cpus, const std::vector<LogicalCpu>& machine);
TwoCpus two_cpus_of_this_rank();

}  // namespace shortfall
