// Atomics of two network adapters, a window of them at a time.
#include "harness/benchmark.hpp"
#include "microbench/fabric_axes.hpp"
#include "microbench/network_axes.hpp"

namespace shortfall {

Benchmark rdma_atomic_rate() {
  return {
      .name = "rdma_atomic_rate",
      .suite = Suite::network,
      .summary = "atomics per second on 8 bytes of another rank",
      .axes = with_rdma_axes({atomics_axis(), direction_axis(), window_axis()}),
      .needs = {.ranks = 2, .by = Carrier::rdma},
      .operation = [](const Params& p) { return fabric_transfer(p, direction_of(p)); },
  };
}

}  // namespace shortfall
