// Which hosts can be compared: those that were bought as the same thing.
#pragma once

#include <vector>

#include "topology/host.hpp"

namespace shortfall {

using Positions = std::vector<int>;  // of hosts in a list, ascending

// Hosts of one CPU model with GPUs of one name are a class: login nodes and nodes without GPUs
// stand beside GPU nodes. Counts do not matter, so that a host with 7 of 8 GPUs is compared with
// the others. A host alone, or fewer than a quarter of a larger class, belong to that class if
// they are built alike (sockets, cores, memory, RDMA devices) and differ in one of the two alone:
// the CPU, or GPUs that have vanished or have lost their driver, which knows their names.
std::vector<Positions> host_classes(const std::vector<Host>& hosts);

}  // namespace shortfall
