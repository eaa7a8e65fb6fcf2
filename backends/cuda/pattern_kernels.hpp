// Kernels that write, compare, sum and hash patterns. Included by code for the device: C++17.
#pragma once

#include <cuda_runtime_api.h>

#include "backends/cuda/pattern_task.hpp"

namespace shortfall::cuda {

// Results do not depend on it.
struct LaunchSize {
  unsigned blocks, threads;
};

void launch_fill(const PatternTask& task, Stretch to, LaunchSize size, cudaStream_t stream);

// Each adds its result to a number of the device: the smallest index of a wrong element becomes
// *first_wrong if it is less; sums and hashes are added.
void launch_compare(const PatternTask& task, Stretch found, std::uint64_t* first_wrong,
                    LaunchSize size, cudaStream_t stream);
void launch_sum(const SumTask& task, std::uint64_t* sum, LaunchSize size, cudaStream_t stream);
void launch_hash(Stretch of, std::size_t bytes, std::uint64_t* hash, LaunchSize size,
                 cudaStream_t stream);

}  // namespace shortfall::cuda
