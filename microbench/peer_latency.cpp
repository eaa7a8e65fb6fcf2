// Latency of one accelerator's memory as another one sees it.
#include "harness/benchmark.hpp"
#include "microbench/link_axes.hpp"

namespace shortfall {

Benchmark peer_latency() {
  return {
      .name = "peer_latency",
      .suite = Suite::device_link,
      .summary = "one load of an accelerator from the memory of another, along a random cycle",
      .axes = {latency_sizes(), ordered_pairs_axis()},
      .needs = {.ranks = 2, .by = Carrier::peer_memory},
      .runs = Runs::on_accelerator,
      .operation =
          [](const Params& p) {
            return Chase{.bytes = p.bytes("bytes"), .lines = Chase::Lines::peer};
          },
  };
}

}  // namespace shortfall
