// Ranks that stand in each other's way, or far from the devices that they use.
#pragma once

#include <vector>

#include "report/report.hpp"

namespace shortfall {

// Warn, one for each host and kind, with the options of mpirun and srun that mend it:
//   "all_on_one_core"  several ranks of a host have nothing but one core, and others are free
//   "shared_core"      fewer cores than ranks among those that some ranks may use, and others are
//                      free
//   "far_from_gpu"     a rank may not use a CPU of its GPU's NUMA node
//   "far_from_nic"     no rank of a host without GPUs may use a CPU beside an active RDMA device
// By where ranks are now: what Shortfall has mended in the process itself is no finding. Two
// hyperthreads are one core.
std::vector<Finding> binding_findings(const Machine& machine);

}  // namespace shortfall
