// The DOUBLE's gate and clocks: see backends/cuda/gate.hpp.
#include "backends/cuda/gate.hpp"

#include <chrono>
#include <thread>

#include "tests/double/runtime.hpp"

namespace shortfall::cuda {
namespace {

std::uint64_t timer_ns() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return static_cast<std::uint64_t>(std::chrono::nanoseconds(now).count());
}

}  // namespace

void launch_gate(Gate* gate, std::uint32_t ticket, cudaStream_t stream) {
  cuda_double::enqueue(stream, [=] {
    const std::uint64_t start = timer_ns();
    while (static_cast<std::int32_t>(gate->opened - ticket) < 0) {
      std::this_thread::yield();
      if (timer_ns() - start < Gate::patience_ns) continue;
      gate->forced = ticket;
      return;
    }
  });
}

void launch_clock_reading(ClockReading* readings, unsigned room, unsigned blocks,
                          cudaStream_t stream) {
  cuda_double::enqueue(stream, [=] {
    const unsigned units = static_cast<unsigned>(cuda_double::settings().units);
    for (unsigned unit = 0; unit < units && unit < room && unit < blocks; ++unit) {
      const std::uint64_t now = timer_ns();
      const double cycles = static_cast<double>(now) * 1e-9 * cuda_double::settings().clock_hz;
      readings[unit] = {now, static_cast<std::uint64_t>(cycles)};
    }
  });
}

}  // namespace shortfall::cuda
