// The DOUBLE's smallest kernel: see backends/cuda/launch_kernels.hpp.
#include "backends/cuda/launch_kernels.hpp"
#include "tests/double/runtime.hpp"

namespace shortfall::cuda {

void launch_tick(const Tick& tick, cudaStream_t stream) {
  cuda_double::enqueue(stream, [=] { count(tick); });
}

}  // namespace shortfall::cuda
