#include "backends/cuda/launch_kernels.hpp"

namespace shortfall::cuda {
namespace {

__global__ void tick_once(const Tick tick) { count(tick); }

}  // namespace

void launch_tick(const Tick& tick, cudaStream_t stream) { tick_once<<<1, 1, 0, stream>>>(tick); }

}  // namespace shortfall::cuda
