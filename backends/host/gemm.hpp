// Matrix products on the host: each type by the library that does it best.
#pragma once

#include "backends/device.hpp"

namespace shortfall {

// `like`: the same product of other matrices, whose library is taken.
Preparation prepare_gemm(const Gemm& gemm, Operands& on, int threads,
                         const Prepared* like = nullptr);

}  // namespace shortfall
