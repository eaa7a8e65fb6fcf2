// Grouped products for libraries that multiply one pair of matrices at a time.
#pragma once

#include <functional>

#include "backends/device.hpp"

namespace shortfall {

using PrepareProduct = std::function<Preparation(const Gemm&, Operands&)>;

// Each product of `gemm` on its part of the buffers, one behind the other; none for those that are
// dealt no rows. Unsupported if `prepare` refuses one of them.
Preparation prepare_one_by_one(const Gemm& gemm, Operands& on, const PrepareProduct& prepare);

}  // namespace shortfall
