#include "backends/cuda/atomics.hpp"
#include "backends/cuda/pattern_body.hpp"
#include "backends/cuda/pattern_kernels.hpp"
#include "core/draw_type.hpp"

namespace shortfall::cuda {
namespace {

template <class T>
__global__ void compare(const __grid_constant__ PatternTask task, Stretch found,
                        unsigned long long* first_wrong) {
  const Worker worker = worker_of(blockIdx.x, gridDim.x, threadIdx.x, blockDim.x);
  const CompareBody<T> body{found, task.count, task.bits_decide, worker};
  const std::uint64_t wrong = with_raw_elements<T>(task, body);
  if (wrong != nothing_wrong) atomicMin(first_wrong, wrong);
}

}  // namespace

void launch_compare(const PatternTask& task, Stretch found, std::uint64_t* first_wrong,
                    LaunchSize size, cudaStream_t stream) {
  draw::with_type(task.type, [&](auto number) {
    compare<decltype(number)>
        <<<size.blocks, size.threads, 0, stream>>>(task, found, for_atomics(first_wrong));
  });
}

}  // namespace shortfall::cuda
