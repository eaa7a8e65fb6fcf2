// Latency of the host's memory as an accelerator sees it.
#include "harness/benchmark.hpp"
#include "microbench/link_axes.hpp"

namespace shortfall {

Benchmark host_latency() {
  return {
      .name = "host_latency",
      .suite = Suite::device_link,
      .summary = "one load of an accelerator from pinned memory of the host, along a random cycle",
      .axes = {latency_sizes(), host_node_axis(), choice("group", {"one", "all"})},
      .runs = Runs::on_accelerator,
      .operation =
          [](const Params& p) {
            return Chase{.bytes = p.bytes("bytes"),
                         .placement = {.node = host_node_of(p)},
                         .lines = Chase::Lines::host};
          },
  };
}

}  // namespace shortfall
