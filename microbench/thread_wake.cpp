// Waking a thread: what blocking libraries pay where polling ones do not.
#include "harness/benchmark.hpp"

namespace shortfall {

Benchmark thread_wake() {
  return {
      .name = "thread_wake",
      .suite = Suite::latency,
      .summary = "from waking a sleeping thread until it runs",
      .axes = {choice("group", {"all"})},
      .runs = Runs::on_host,
      .operation = [](const Params&) { return ThreadWake{}; },
  };
}

}  // namespace shortfall
