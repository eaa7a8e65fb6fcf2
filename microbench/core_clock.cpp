// Core clock: a chain of one-cycle instructions tells it without asking the system.
#include "harness/benchmark.hpp"

namespace shortfall {

Benchmark core_clock() {
  return {
      .name = "core_clock",
      .suite = Suite::latency,
      .summary = "the clock that a core sustains, by a chain of dependent additions",
      .axes = {choice("group", {"all"})},
      .runs = Runs::on_host,
      .operation = [](const Params&) { return ClockChain{}; },
  };
}

}  // namespace shortfall
