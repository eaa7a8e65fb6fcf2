// Networks that are there, and that libraries do not use.
#pragma once

#include <vector>

#include "report/report.hpp"

namespace shortfall {

// Warn, for each of several hosts whose ports of InfiniBand or RoCE are ACTIVE:
//   "ucx_kept_off"    the configuration of MPI excludes UCX, as Debian's does, and messages between
//                     hosts go by TCP
//   "sockets_in_use"  UCX took TCP alone (metric "ucx"), or variables keep NCCL to sockets (metric
//                     "nccl")
std::vector<Finding> transports_kept_off(const Report& report);

}  // namespace shortfall
