// Verbs of two network adapters, a window of messages at a time.
#include "harness/benchmark.hpp"
#include "microbench/fabric_axes.hpp"
#include "microbench/network_axes.hpp"

namespace shortfall {

Benchmark rdma_bandwidth() {
  using Verb = FabricTransfer::Verb;
  return {
      .name = "rdma_bandwidth",
      .suite = Suite::network,
      .summary = "bandwidth and message rate between two network adapters",
      .axes = with_rdma_axes(
          {bandwidth_bytes_axis(),
           verbs_axis({Verb::write, Verb::read},
                      {Verb::write, Verb::read, Verb::send, Verb::write_imm, Verb::ud_send}),
           direction_axis(), window_axis(), moved_memory_axis()}),
      .needs = {.ranks = 2, .by = Carrier::rdma},
      .operation = [](const Params& p) { return fabric_transfer(p, direction_of(p)); },
  };
}

}  // namespace shortfall
