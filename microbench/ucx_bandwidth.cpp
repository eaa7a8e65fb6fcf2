// Calls of UCX between two ranks, a window of messages at a time.
#include "harness/benchmark.hpp"
#include "microbench/fabric_axes.hpp"
#include "microbench/network_axes.hpp"

namespace shortfall {

Benchmark ucx_bandwidth() {
  using Verb = FabricTransfer::Verb;
  return {
      .name = "ucx_bandwidth",
      .suite = Suite::network,
      .summary = "bandwidth and message rate of UCX between two ranks",
      .axes = {bandwidth_bytes_axis(),
               verbs_axis({Verb::put, Verb::tag},
                          {Verb::put, Verb::get, Verb::tag, Verb::am, Verb::stream}),
               direction_axis(), window_axis(), moved_memory_axis(), pairs_axis()},
      .needs = {.ranks = 2, .by = Carrier::ucx},
      .operation = [](const Params& p) { return fabric_transfer(p, direction_of(p)); },
  };
}

}  // namespace shortfall
