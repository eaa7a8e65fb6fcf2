// Pairs of ranks held against one another: by classes, and as a matrix.
#pragma once

#include <vector>

#include "report/report.hpp"

namespace shortfall {

// Of every benchmark and its parameters with two pairs at least.
std::vector<FabricMap> fabric_maps(const Report& report);

}  // namespace shortfall
