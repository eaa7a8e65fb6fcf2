// A rank writes to itself through its adapter: PCIe both ways, and no cable.
#include "harness/benchmark.hpp"
#include "microbench/fabric_axes.hpp"
#include "microbench/network_axes.hpp"

namespace shortfall {

Benchmark rdma_loopback() {
  using Verb = FabricTransfer::Verb;
  return {
      .name = "rdma_loopback",
      .suite = Suite::network,
      .summary =
          "writes of a rank to itself through its network adapter (PCIe both ways, no cable)",
      .axes =
          with_rdma_axes({hub_bytes_axis(), verbs_axis({Verb::write}, {Verb::write, Verb::read}),
                          window_axis(), moved_memory_axis()},
                         fabric_alone_axis()),
      .needs = {.by = Carrier::rdma},
      .operation =
          [](const Params& p) { return fabric_transfer(p, FabricTransfer::Shape::one_way); },
  };
}

}  // namespace shortfall
