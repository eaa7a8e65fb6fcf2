// How many threads a rank should start: the cores that it may use, shared with its neighbours.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace shortfall {

// Cores among these logical CPUs, told apart by thread_siblings_list below `sysfs`
// (/sys/devices/system/cpu). A CPU about which it says nothing counts as a core.
int distinct_cores(const std::vector<int>& cpus, const std::filesystem::path& sysfs);

struct CpuShare {
  int cores = 1;          // that this process may run on
  bool is_bound = false;  // to a part of the machine: nobody else is meant to use these cores
  int ranks_on_host = 1;
  std::string omp_num_threads;  // as the environment says; empty if it does not
};

// At least 1. What the user asks for goes before what the machine has.
int thread_count(const CpuShare& share);

// Of this process, as it is bound now.
int threads_of_this_rank();

}  // namespace shortfall
