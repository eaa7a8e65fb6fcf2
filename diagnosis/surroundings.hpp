// What holds ranks up that is not theirs: others on the host, and the limits of a container.
#pragma once

#include <vector>

#include "report/report.hpp"

namespace shortfall {

inline constexpr Bytes least_locked_memory = 1_GiB;       // a message of that size is registered
inline constexpr Bytes shared_memory_of_a_rank = 64_MiB;  // that MPI and GPU libraries take

// Warn, "occupied", one for each host: others hold a GPU or much memory, or are running while no
// CPU is left that ranks may not use.
std::vector<Finding> occupied_hosts(const Machine& machine);

// Warn, "limited": less CPU time than the CPUs of the ranks, less than 1 GiB of memory that may be
// locked where an RDMA device works and no privilege lifts the limit, less than 64 MiB of shared
// memory for each of several ranks.
std::vector<Finding> tight_limits(const Machine& machine);

}  // namespace shortfall
