// The kernels of the levels of x86 that not every processor has.
#pragma once

#include "backends/host/memory_kernels.hpp"

namespace shortfall {

MemoryKernels avx2_memory_kernels();    // for processors with AVX2 and FMA
MemoryKernels avx512_memory_kernels();  // for processors with AVX-512F

}  // namespace shortfall
