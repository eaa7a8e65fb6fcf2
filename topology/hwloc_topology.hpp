// What the readers of hwloc's topologies share; for them alone.
#pragma once

#include <hwloc.h>

#include <memory>

#include "topology/parts.hpp"

namespace shortfall {

struct DestroyTopology {
  void operator()(hwloc_topology_t topology) const { hwloc_topology_destroy(topology); }
};
using Topology = std::unique_ptr<hwloc_topology, DestroyTopology>;

CpuShape shape_of(const Topology& topology);

}  // namespace shortfall
