// Pairs of ranks that change their partners from round to round: which adapter, link or direction
// is slower than the others.
#include "harness/benchmark.hpp"
#include "microbench/fabric_axes.hpp"
#include "microbench/network_axes.hpp"

namespace shortfall {

Benchmark rdma_rounds() {
  using Verb = FabricTransfer::Verb;
  return {
      .name = "rdma_rounds",
      .suite = Suite::network,
      .summary = "writes in pairs of ranks that change partners from round to round",
      .axes = with_rdma_axes({rounds_bytes_axis(), verbs_axis({Verb::write}, {Verb::write}),
                              usually(direction_axis(), {"one_way"}), window_axis()},
                             rounds_axis()),
      .needs = {.ranks = 2, .by = Carrier::rdma},
      .operation = [](const Params& p) { return fabric_transfer(p, direction_of(p)); },
  };
}

}  // namespace shortfall
