#include "backends/cuda/pattern_body.hpp"
#include "backends/cuda/pattern_kernels.hpp"
#include "core/draw_type.hpp"

namespace shortfall::cuda {
namespace {

template <class T>
__global__ void fill(const __grid_constant__ PatternTask task, Stretch to) {
  const Worker worker = worker_of(blockIdx.x, gridDim.x, threadIdx.x, blockDim.x);
  with_raw_elements<T>(task, FillBody<T>{to, task.count, worker});
}

}  // namespace

void launch_fill(const PatternTask& task, Stretch to, LaunchSize size, cudaStream_t stream) {
  draw::with_type(task.type, [&](auto number) {
    fill<decltype(number)><<<size.blocks, size.threads, 0, stream>>>(task, to);
  });
}

}  // namespace shortfall::cuda
