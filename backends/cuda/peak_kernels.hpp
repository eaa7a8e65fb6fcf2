// Multiply-adds on registers alone. Included by code for the device: C++17.
#pragma once

#include <cuda_runtime_api.h>

#include <cstdint>

namespace shortfall::cuda {

// Work is dealt to warps in chunks: each of a warp's threads takes so many steps on so many
// independent sums. Sums of one thread hide part of the latency of a multiply-add, the warps beside
// it the rest.
inline constexpr int peak_sums = 8, peak_steps = 64, peak_lanes = 32;
inline constexpr std::int64_t peak_chunk = 2 * peak_sums * peak_steps * peak_lanes;  // operations

struct PeakTask {
  std::int64_t chunks = 0;
  double factor = 0.5, addend = 0.5;  // sums stay between 0 and 1
  double* to = nullptr;               // becomes one of the sums
};

inline constexpr unsigned peak_threads = 512;  // of a block; one block for each multiprocessor

void launch_peak_f64(const PeakTask& task, unsigned blocks, cudaStream_t stream);
void launch_peak_f32(const PeakTask& task, unsigned blocks, cudaStream_t stream);

}  // namespace shortfall::cuda
