#include <chrono>
#include <string>

#include "backends/communicator.hpp"
#include "core/error.hpp"

namespace shortfall {

void wait(Stream& stream, Communicator* communicator, Seconds patience) {
  if (stream.done()) return;  // blocking libraries: no clock is read on the timed path
  using Clock = std::chrono::steady_clock;
  const auto deadline = Clock::now() + std::chrono::duration<double>(patience.value);
  while (!stream.done()) {
    if (Clock::now() < deadline) continue;
    if (communicator) communicator->abort();
    throw Lost("wait for the device", "nothing after " + std::to_string(patience.value) + " s");
  }
}

}  // namespace shortfall
