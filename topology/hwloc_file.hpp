// A host as an hwloc file describes it: of another machine, or where the kernel tells too little.
#pragma once

#include <string>

#include "topology/host.hpp"

namespace shortfall {

// `found` with the counts of its CPUs, its caches, NUMA nodes, GPUs and adapters as the XML file at
// `path` (by lstopo) has them. hwloc tells a link's bandwidth and neither its lanes nor its
// generation: slot.current is the widest link that has this bandwidth, of 16 lanes at most.
// Throws BadUsage for what is no such file, and in a build without hwloc.
Host with_topology(Host found, const std::string& path);

}  // namespace shortfall
