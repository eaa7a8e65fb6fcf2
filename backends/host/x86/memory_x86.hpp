// The kernels of each level of x86.
#pragma once

#include "backends/host/memory_kernels.hpp"

namespace shortfall {

const MemoryKernels& sse2_memory_kernels();
const MemoryKernels& avx2_memory_kernels();    // only where the processor has AVX2 and FMA
const MemoryKernels& avx512_memory_kernels();  // only where it has AVX-512F

}  // namespace shortfall
