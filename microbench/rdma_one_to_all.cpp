// One rank writes to every other one.
#include "harness/benchmark.hpp"
#include "microbench/fabric_axes.hpp"
#include "microbench/network_axes.hpp"

namespace shortfall {

Benchmark rdma_one_to_all() {
  using Verb = FabricTransfer::Verb;
  return {
      .name = "rdma_one_to_all",
      .suite = Suite::network,
      .summary = "writes of one rank to all others at the same time",
      .axes = with_rdma_axes({hub_bytes_axis(), verbs_axis({Verb::write}, {Verb::write}),
                              window_axis(), moved_memory_axis()},
                             fabric_hubs_axis()),
      .needs = {.ranks = 2, .by = Carrier::rdma},
      .operation =
          [](const Params& p) { return fabric_transfer(p, FabricTransfer::Shape::one_to_all); },
  };
}

}  // namespace shortfall
