// All ranks write at once, each to the one that comes some places after it.
#include "harness/benchmark.hpp"
#include "microbench/fabric_axes.hpp"
#include "microbench/network_axes.hpp"

namespace shortfall {

Benchmark rdma_shift() {
  using Verb = FabricTransfer::Verb;
  return {
      .name = "rdma_shift",
      .suite = Suite::network,
      .summary = "writes of every rank to the one some places after it, all at the same time",
      .axes = with_rdma_axes({hub_bytes_axis(), verbs_axis({Verb::write}, {Verb::write}),
                              distance_axis(), window_axis(), moved_memory_axis()},
                             fabric_hubs_axis()),
      .needs = {.ranks = 2, .by = Carrier::rdma},
      .operation = [](const Params& p) { return fabric_transfer(p, FabricTransfer::Shape::shift); },
  };
}

}  // namespace shortfall
