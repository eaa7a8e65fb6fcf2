// What copies to, from and between accelerators have in common.
#pragma once

#include "core/operation/host_copy.hpp"
#include "core/operation/peer_copy.hpp"
#include "core/params.hpp"

namespace shortfall {

// A small copy and a large one; in standard what lies between.
Axis link_sizes();

// The same two in standard: where there are many pairs, or little to see between.
Axis few_link_sizes();

// Of chases: what lies in the second-level cache of the memory's owner, and what does not.
Axis latency_sizes();

// Pinned, or as malloc gives it, beyond the quick profile.
Axis host_memory_axis();

// Who moves the data: a copy engine, or a kernel beyond the quick profile.
Axis mover_axis();
Mover mover_of(const Params& params);

// NUMA nodes of the host's memory: the nearest, others by --set or in the full profile.
Axis host_node_axis();
int host_node_of(const Params& params);

// Who copies between two accelerators: the source, or the destination beyond the quick profile.
Axis way_axis();
PeerCopy::Way way_of(const Params& params);

// Two accelerators of a host: neighbours at the same time, beyond the quick profile every ordered
// pair, one after another on all hosts at once.
Axis ordered_pairs_axis();

// A hub and all others, on each host.
Axis hub_groups_axis();

}  // namespace shortfall
