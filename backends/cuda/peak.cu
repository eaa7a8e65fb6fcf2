#include "backends/cuda/peak_kernels.hpp"

namespace shortfall::cuda {
namespace {

// Fused whatever the compiler was told of other multiplications.
__device__ double multiply_add(double a, double b, double c) { return __fma_rn(a, b, c); }
__device__ float multiply_add(float a, float b, float c) { return __fmaf_rn(a, b, c); }

template <class Real>
__global__ void __launch_bounds__(peak_threads) multiply_and_add(const PeakTask task) {
  const unsigned number = blockIdx.x * blockDim.x + threadIdx.x;
  const std::int64_t warps = std::int64_t{gridDim.x} * blockDim.x / peak_lanes;
  const auto factor = static_cast<Real>(task.factor), addend = static_cast<Real>(task.addend);
  Real sums[peak_sums];
  for (int i = 0; i < peak_sums; ++i) {
    sums[i] = static_cast<Real>((number + i) % 16) / 16;
  }
  for (std::int64_t chunk = number / peak_lanes; chunk < task.chunks; chunk += warps) {
#pragma unroll 8
    for (int step = 0; step < peak_steps; ++step) {
      for (int i = 0; i < peak_sums; ++i) sums[i] = multiply_add(sums[i], factor, addend);
    }
  }
  Real sum = 0;
  for (int i = 0; i < peak_sums; ++i) sum += sums[i];
  // Never negative, which the compiler cannot know: each thread's work counts.
  if (number == 0 || sum < 0) *task.to = static_cast<double>(sum);
}

}  // namespace

void launch_peak_f64(const PeakTask& task, unsigned blocks, cudaStream_t stream) {
  multiply_and_add<double><<<blocks, peak_threads, 0, stream>>>(task);
}

void launch_peak_f32(const PeakTask& task, unsigned blocks, cudaStream_t stream) {
  multiply_and_add<float><<<blocks, peak_threads, 0, stream>>>(task);
}

}  // namespace shortfall::cuda
