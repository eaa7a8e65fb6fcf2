// Noise of the operating system: what interrupts a rank, and with it everybody who waits for it.
#include "harness/benchmark.hpp"

namespace shortfall {

Benchmark os_noise() {
  return {
      .name = "os_noise",
      .suite = Suite::latency,
      .summary = "interruptions of equal quanta of work, on all ranks at once",
      .axes = {choice("group", {"all"})},
      .runs = Runs::on_host,
      .operation = [](const Params&) { return NoiseProbe{}; },
  };
}

}  // namespace shortfall
