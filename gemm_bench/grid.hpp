// The shapes among which the best is looked for.
#pragma once

#include <string>
#include <vector>

#include "core/params.hpp"

namespace shortfall {

// "256:4096": each of m, n and k is a multiple of 256 up to 4096. "64:1280x128:1280x128:1280" gives
// each its own. Throws BadUsage.
std::vector<Axis> grid_from(const std::string& text);

}  // namespace shortfall
