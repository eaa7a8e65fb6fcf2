// Reading the clock: the floor under every time that is told.
#include "harness/benchmark.hpp"

namespace shortfall {

Benchmark clock_read() {
  return {
      .name = "clock_read",
      .suite = Suite::latency,
      .summary = "one reading of the clock that everything is timed with",
      .axes = {choice("group", {"all"})},
      .runs = Runs::on_host,
      .operation = [](const Params&) { return ClockRead{}; },
  };
}

}  // namespace shortfall
