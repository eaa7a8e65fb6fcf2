// Every rank writes to the last one: what its adapter takes, and what a switch makes of it.
#include "harness/benchmark.hpp"
#include "microbench/fabric_axes.hpp"
#include "microbench/network_axes.hpp"

namespace shortfall {

Benchmark rdma_all_to_one() {
  using Verb = FabricTransfer::Verb;
  return {
      .name = "rdma_all_to_one",
      .suite = Suite::network,
      .summary = "writes of all ranks to one at the same time (incast)",
      .axes = with_rdma_axes({hub_bytes_axis(), verbs_axis({Verb::write}, {Verb::write}),
                              window_axis(), moved_memory_axis()},
                             fabric_hubs_axis()),
      .needs = {.ranks = 2, .by = Carrier::rdma},
      .operation =
          [](const Params& p) { return fabric_transfer(p, FabricTransfer::Shape::all_to_one); },
  };
}

}  // namespace shortfall
