#include "backends/cuda/pattern_kernels.hpp"

#include "backends/cuda/pattern_body.hpp"
#include "core/draw_type.hpp"

namespace shortfall::cuda {
namespace {

__device__ Worker this_worker() {
  const std::size_t block = blockDim.x;
  return {blockIdx.x * block + threadIdx.x, gridDim.x * block};
}

template <class T>
__global__ void fill(const __grid_constant__ PatternTask task, Stretch to) {
  with_raw_elements<T>(task, FillBody<T>{to, task.count, this_worker()});
}

template <class T>
__global__ void compare(const __grid_constant__ PatternTask task, Stretch found,
                        unsigned long long* first_wrong) {
  const CompareBody<T> body{found, task.count, task.bits_decide, this_worker()};
  const std::uint64_t wrong = with_raw_elements<T>(task, body);
  if (wrong != nothing_wrong) atomicMin(first_wrong, wrong);
}

__global__ void sum(SumTask task, unsigned long long* result) {
  atomicAdd(result, static_cast<unsigned long long>(sum_of_part(task, this_worker())));
}

__global__ void hash(Stretch of, std::size_t bytes, unsigned long long* result) {
  atomicAdd(result, hash_of_part(of, bytes, this_worker()));
}

// Atomic functions know 64 bits under this name alone.
unsigned long long* for_atomics(std::uint64_t* number) {
  static_assert(sizeof(unsigned long long) == sizeof(std::uint64_t));
  return reinterpret_cast<unsigned long long*>(number);
}

}  // namespace

void launch_fill(const PatternTask& task, Stretch to, LaunchSize size, cudaStream_t stream) {
  draw::with_type(task.type, [&](auto number) {
    fill<decltype(number)><<<size.blocks, size.threads, 0, stream>>>(task, to);
  });
}

void launch_compare(const PatternTask& task, Stretch found, std::uint64_t* first_wrong,
                    LaunchSize size, cudaStream_t stream) {
  draw::with_type(task.type, [&](auto number) {
    compare<decltype(number)>
        <<<size.blocks, size.threads, 0, stream>>>(task, found, for_atomics(first_wrong));
  });
}

void launch_sum(const SumTask& task, std::uint64_t* result, LaunchSize size, cudaStream_t stream) {
  sum<<<size.blocks, size.threads, 0, stream>>>(task, for_atomics(result));
}

void launch_hash(Stretch of, std::size_t bytes, std::uint64_t* result, LaunchSize size,
                 cudaStream_t stream) {
  hash<<<size.blocks, size.threads, 0, stream>>>(of, bytes, for_atomics(result));
}

}  // namespace shortfall::cuda
