// Matrix products on the host: each type by the library that does it best.
#pragma once

#include "backends/device.hpp"

namespace shortfall {

Preparation prepare_gemm(const Gemm& gemm, Operands& on, int threads);

}  // namespace shortfall
