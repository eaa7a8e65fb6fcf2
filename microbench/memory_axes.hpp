// What the passes over memory have in common.
#pragma once

#include <vector>

#include "core/params.hpp"

namespace shortfall {

// Working sets from within the first cache to far beyond the last, by all ranks at once and by one
// alone.
std::vector<Axis> memory_axes();

}  // namespace shortfall
