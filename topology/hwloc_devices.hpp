// The GPUs and network adapters of a topology that hwloc has read; for hwloc_file.cpp.
#pragma once

#include <vector>

#include "topology/hwloc_topology.hpp"

namespace shortfall {

std::vector<Gpu> gpus_in(const Topology& topology);
std::vector<Nic> nics_in(const Topology& topology);

}  // namespace shortfall
