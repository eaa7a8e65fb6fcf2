// What matrix products beside something else have in common.
#pragma once

#include <vector>

#include "harness/benchmark.hpp"

namespace shortfall {

// A copy of which the quick profile has one value alone.
Axis of_few_in_quick(Axis axis, Value only);

// bytes, n and dtype, as they are swept on accelerators.
std::vector<Axis> beside_axes();

// The product of n x n matrices of normal data.
Gemm product_beside(const Params& params);

}  // namespace shortfall
