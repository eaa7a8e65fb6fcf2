#include "backends/cuda/atomics.hpp"
#include "backends/cuda/pattern_body.hpp"
#include "backends/cuda/pattern_kernels.hpp"

namespace shortfall::cuda {
namespace {

__global__ void sum(SumTask task, unsigned long long* result) {
  const Worker worker = worker_of(blockIdx.x, gridDim.x, threadIdx.x, blockDim.x);
  atomicAdd(result, static_cast<unsigned long long>(sum_of_part(task, worker)));
}

__global__ void hash(Stretch of, std::size_t bytes, unsigned long long* result) {
  const Worker worker = worker_of(blockIdx.x, gridDim.x, threadIdx.x, blockDim.x);
  atomicAdd(result, hash_of_part(of, bytes, worker));
}

}  // namespace

void launch_sum(const SumTask& task, std::uint64_t* result, LaunchSize size, cudaStream_t stream) {
  sum<<<size.blocks, size.threads, 0, stream>>>(task, for_atomics(result));
}

void launch_hash(Stretch of, std::size_t bytes, std::uint64_t* result, LaunchSize size,
                 cudaStream_t stream) {
  hash<<<size.blocks, size.threads, 0, stream>>>(of, bytes, for_atomics(result));
}

}  // namespace shortfall::cuda
