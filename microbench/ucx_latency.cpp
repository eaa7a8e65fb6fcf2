// Calls of UCX between two ranks, one message at a time: half of there and back, or, of what is
// fetched, the whole of it.
#include "harness/benchmark.hpp"
#include "microbench/fabric_axes.hpp"
#include "microbench/network_axes.hpp"

namespace shortfall {

Benchmark ucx_latency() {
  using Verb = FabricTransfer::Verb;
  return {
      .name = "ucx_latency",
      .suite = Suite::network,
      .summary =
          "latency of one message of UCX between two ranks (half a round trip; of get a whole one)",
      .axes = {latency_bytes_axis(),
               verbs_axis({Verb::put, Verb::tag},
                          {Verb::put, Verb::get, Verb::tag, Verb::am, Verb::stream}),
               moved_memory_axis(), pairs_axis()},
      .needs = {.ranks = 2, .by = Carrier::ucx},
      .operation =
          [](const Params& p) { return fabric_transfer(p, FabricTransfer::Shape::ping_pong); },
  };
}

}  // namespace shortfall
