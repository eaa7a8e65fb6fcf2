// Atomics of two network adapters, one at a time: there and back.
#include "harness/benchmark.hpp"
#include "microbench/fabric_axes.hpp"

namespace shortfall {

Benchmark rdma_atomic_latency() {
  return {
      .name = "rdma_atomic_latency",
      .suite = Suite::network,
      .summary = "latency of one atomic on 8 bytes of another rank (a whole round trip)",
      .axes = with_rdma_axes({atomics_axis()}),
      .needs = {.ranks = 2, .by = Carrier::rdma},
      .operation =
          [](const Params& p) { return fabric_transfer(p, FabricTransfer::Shape::ping_pong); },
  };
}

}  // namespace shortfall
