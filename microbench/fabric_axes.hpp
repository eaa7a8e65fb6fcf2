// What the benchmarks of network adapters have in common.
#pragma once

#include <string>
#include <vector>

#include "core/operation/fabric_transfer.hpp"
#include "core/params.hpp"

namespace shortfall {

// `more`, then how the adapters are used: which ones, by which address, in packets of which size,
// how messages are posted and awaited; of these one value each but in the full profile. Last the
// groups: pairs of ranks if none are given.
std::vector<Axis> with_rdma_axes(std::vector<Axis> more);
std::vector<Axis> with_rdma_axes(std::vector<Axis> more, Axis groups);

// Many ranks at once: the whole job.
Axis fabric_hubs_axis();
// Each rank for itself: all at once, or one alone.
Axis fabric_alone_axis();
// Of a shift.
Axis distance_axis();

// What adapters move where there are GPUs: the memory of these, or the host's beside them.
Axis moved_memory_axis();

// Some of these verbs, in this order.
Axis verbs_axis(const std::vector<FabricTransfer::Verb>& quick,
                const std::vector<FabricTransfer::Verb>& all);

// Of one message: what latency depends on, or bandwidth.
Axis latency_bytes_axis();
Axis bandwidth_bytes_axis();

// Of the same beyond the quick profile: one of each side.
Axis hub_bytes_axis();
// Of rounds: one that shows what a link carries.
Axis rounds_bytes_axis();
// Of both kinds of atomics, beyond the quick profile.
Axis atomics_axis();

std::vector<Axis> registration_axes();

// As "pages" and "memory" say, lent to adapters.
Placement moved_placement(const Params& params);

// As the axes that there are say: "op", "bytes", "window", "distance", "memory", and those of
// with_rdma_axes(). Atomics count in the host's memory.
FabricTransfer fabric_transfer(const Params& params, FabricTransfer::Shape shape);

// "one_way" or "both_ways".
Axis direction_axis();
FabricTransfer::Shape direction_of(const Params& params);

}  // namespace shortfall
