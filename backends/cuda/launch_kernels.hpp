// The smallest kernel: it counts. Included by code for the device: C++17.
#pragma once

#include <cuda_runtime_api.h>

#include <cstdint>

namespace shortfall::cuda {

struct Tick {
  double* count = nullptr;
  double more = 1;        // than there were
  bool is_first = false;  // there were none
  // In memory of the host that the device sees; nullptr: nobody waits for an answer.
  volatile std::uint32_t* answer = nullptr;
  std::uint32_t ticket = 0;  // the answer
};

void launch_tick(const Tick& tick, cudaStream_t stream);

// What that kernel does.
__device__ inline void count(const Tick& tick) {
  *tick.count = (tick.is_first ? 0 : *tick.count) + tick.more;
  if (tick.answer != nullptr) *tick.answer = tick.ticket;
}

}  // namespace shortfall::cuda
