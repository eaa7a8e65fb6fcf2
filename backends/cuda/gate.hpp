// The start of a batch: a kernel that holds a stream until the host lets it go, and the device's
// own clocks before and after. Included by code for the device: C++17.
#pragma once

#include <cuda_runtime_api.h>

#include <cstdint>

namespace shortfall::cuda {

// In memory of the host that the device sees.
struct Gate {
  static constexpr std::uint64_t patience_ns = 10'000'000'000;

  volatile std::uint32_t opened = 0;  // the last ticket that may pass
  volatile std::uint32_t forced = 0;  // the last ticket that passed because patience ran out
};

// Of one multiprocessor.
struct ClockReading {
  std::uint64_t time_ns = 0;  // of the device's timer; 0 = this multiprocessor has not been seen
  std::uint64_t cycles = 0;
};

// Holds the stream until gate.opened has reached `ticket`.
void launch_gate(Gate* gate, std::uint32_t ticket, cudaStream_t stream);

// Every multiprocessor that a block comes to enters both clocks into readings[its number], if that
// is less than `room`; `blocks` of them are started.
void launch_clock_reading(ClockReading* readings, unsigned room, unsigned blocks,
                          cudaStream_t stream);

}  // namespace shortfall::cuda
