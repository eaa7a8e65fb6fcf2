#include "backends/cuda/gate.hpp"

namespace shortfall::cuda {
namespace {

__device__ std::uint64_t timer_ns() {
  std::uint64_t time = 0;
  asm volatile("mov.u64 %0, %%globaltimer;" : "=l"(time));
  return time;
}

__global__ void wait_for(Gate* gate, std::uint32_t ticket) {
  const std::uint64_t start = timer_ns();
  // Tickets grow and wrap around.
  while (static_cast<std::int32_t>(gate->opened - ticket) < 0) {
    if (timer_ns() - start < Gate::patience_ns) continue;
    gate->forced = ticket;
    __threadfence_system();
    return;
  }
}

__global__ void read_clocks(ClockReading* readings, unsigned room) {
  unsigned unit = 0;
  asm volatile("mov.u32 %0, %%smid;" : "=r"(unit));
  if (unit >= room) return;
  readings[unit].time_ns = timer_ns();
  readings[unit].cycles = static_cast<std::uint64_t>(clock64());
}

}  // namespace

void launch_gate(Gate* gate, std::uint32_t ticket, cudaStream_t stream) {
  wait_for<<<1, 1, 0, stream>>>(gate, ticket);
}

void launch_clock_reading(ClockReading* readings, unsigned room, unsigned blocks,
                          cudaStream_t stream) {
  read_clocks<<<blocks, 1, 0, stream>>>(readings, room);
}

}  // namespace shortfall::cuda
