// Kernels of Freivalds' check. Included by code for the device: C++17.
#pragma once

#include <cuda_runtime_api.h>

#include "backends/cuda/freivalds_body.hpp"

namespace shortfall::cuda {

// Of rows that are drawn, of rows of C, and of rows of A. On so many blocks, which results do not
// depend on.
void launch_drawn_sums(const SignedRows& task, unsigned blocks, cudaStream_t stream);
void launch_memory_sums(const SignedRows& task, unsigned blocks, cudaStream_t stream);
void launch_left_sums(const LeftRows& task, unsigned blocks, cudaStream_t stream);

}  // namespace shortfall::cuda
