// Networks that are there, and that libraries do not use.
#pragma once

#include <vector>

#include "report/report.hpp"

namespace shortfall {

// Warn, for each host with RDMA devices:
//   "ucx_kept_off"    the configuration of MPI excludes UCX, as Debian's does: messages between
//                     hosts then go by TCP
//   "sockets_in_use"  UCX took TCP alone (metric "ucx"), or variables keep NCCL to sockets (metric
//                     "nccl"), while ports of several hosts are ACTIVE
std::vector<Finding> transports_kept_off(const Report& report);

}  // namespace shortfall
