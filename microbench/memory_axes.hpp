// What the benchmarks of memory have in common.
#pragma once

#include <vector>

#include "core/operation/placement.hpp"
#include "core/params.hpp"

namespace shortfall {

// Working sets from within the first cache to far beyond the last, by all ranks at once and by one
// alone, in huge pages and (in the full profile) small ones. On accelerators from within the
// second-level cache (16 MiB) to most of the memory, by all at once.
std::vector<Axis> memory_axes();

// Of what is looked at less often: nothing in the quick profile, one size of each cache in
// standard.
std::vector<Axis> memory_axes_beyond_quick();

Axis pages_axis();

// Accelerators share nothing: with one alone, nothing is different.
Axis all_on_accelerators(Axis groups);

// For all NUMA nodes against the local one: beyond the caches, and not in the quick profile.
std::vector<Axis> numa_axes();

// As "pages" and, where there is one, "node" say.
Placement placement_of(const Params& params);

}  // namespace shortfall
