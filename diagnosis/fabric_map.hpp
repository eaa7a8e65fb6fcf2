// Pairs of ranks held against one another: by classes, and as a matrix.
#pragma once

#include <vector>

#include "diagnosis/fabric_pairs.hpp"

namespace shortfall {

// Of every benchmark and its parameters with two pairs at least.
std::vector<FabricMap> fabric_maps(const std::vector<PairSamples>& all);

}  // namespace shortfall
