// Whether hosts can use their RDMA devices as they should: told before anything is measured, by
// what the kernel's files say. docs/rdma.md lists when each finding is made, and when not.
#pragma once

#include <vector>

#include "report/report.hpp"

namespace shortfall {

// "degraded_link". Fail: an InfiniBand port with fewer lanes than a cable has. Warn: one port that
// is slower than all others of like adapters, or has no link while they have. What drift says of
// the port is not said again.
std::vector<Finding> ports_below_their_kind(const Machine& machine);

// Warn, one for each host: ACTIVE Ethernet ports that have no address of a network
// ("unroutable_gid") or RoCE v1 alone where others of their model have v2 ("roce_v1_only"), and
// variables that choose entries of the GID table which are not set or worse than others
// ("unsuited_gid_index").
std::vector<Finding> unsuited_gids(const Machine& machine);

// Warn, one for each host and cause: RDMA devices that this process may not open
// ("no_rdma_access"), and adapters on PCI that have none ("no_rdma_device").
std::vector<Finding> rdma_out_of_reach(const Machine& machine);

// Warn, "no_peer_memory": adapters cannot reach the memory of NVIDIA's GPUs, neither by
// nvidia_peermem nor by dmabuf.
std::vector<Finding> missing_peer_memory(const Machine& machine);

// All of them.
std::vector<Finding> rdma_readiness(const Machine& machine);

}  // namespace shortfall
