#include "backends/cuda/transposed.hpp"

namespace shortfall::cuda {
namespace {

__global__ void transpose(Transposition t) {
  const std::int64_t threads = static_cast<std::int64_t>(gridDim.x) * blockDim.x;
  const std::int64_t first = static_cast<std::int64_t>(blockIdx.x) * blockDim.x + threadIdx.x;
  for (std::int64_t i = first; i < bytes_of(t); i += threads) t.to[i] = transposed_byte(t, i);
}

}  // namespace

// Reads with a stride: it is not timed, and takes milliseconds.
void launch_transposition(const Transposition& t, cudaStream_t stream) {
  constexpr unsigned blocks = 4096, threads = 256;
  transpose<<<blocks, threads, 0, stream>>>(t);
}

}  // namespace shortfall::cuda
