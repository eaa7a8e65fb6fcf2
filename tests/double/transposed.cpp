// The DOUBLE's transposition: see backends/cuda/transposed.hpp.
#include "backends/cuda/transposed.hpp"

#include "tests/double/runtime.hpp"

namespace shortfall::cuda {

void launch_transposition(const Transposition& t, cudaStream_t stream) {
  cuda_double::enqueue(stream, [t] {
    for (std::int64_t i = 0; i < bytes_of(t); ++i) t.to[i] = transposed_byte(t, i);
  });
}

}  // namespace shortfall::cuda
