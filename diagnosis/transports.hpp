// Networks that are there, and that the MPI library was told not to use.
#pragma once

#include <vector>

#include "report/report.hpp"

namespace shortfall {

// A finding (warn, "ucx_kept_off") for each host with RDMA devices if the configuration excludes
// UCX, as Debian's does: messages between hosts then go by TCP.
std::vector<Finding> transports_kept_off(const Report& report);

}  // namespace shortfall
