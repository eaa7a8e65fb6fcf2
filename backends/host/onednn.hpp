// oneDNN, which multiplies f32, bf16, f16 and int8. One of onednn.cpp and onednn_absent.cpp is part
// of a build.
#pragma once

#include "backends/device.hpp"

namespace shortfall {

Preparation prepare_onednn_gemm(const Gemm& gemm, Operands& on, int threads);
Details onednn_details();  // nothing in a build without it

}  // namespace shortfall
