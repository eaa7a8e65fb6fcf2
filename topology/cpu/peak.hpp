// How many operations one core can retire in a cycle, by what its maker says of its units.
#pragma once

#include <vector>

#include "topology/machine.hpp"

namespace shortfall {

// Depends on `cpu`'s vendor, family, model and instructions alone. A type that the processor cannot
// multiply in one instruction has no entry, and a processor that is not known has none at all: an
// invented peak would make every attainment a lie.
std::vector<OpsPerCycle> ops_per_cycle(const Cpu& cpu);

}  // namespace shortfall
