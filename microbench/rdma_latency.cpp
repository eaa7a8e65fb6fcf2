// Verbs of two network adapters, one message at a time: half of there and back, or, of what an
// adapter answers, the whole of it.
#include "harness/benchmark.hpp"
#include "microbench/fabric_axes.hpp"

namespace shortfall {

Benchmark rdma_latency() {
  using Verb = FabricTransfer::Verb;
  return {
      .name = "rdma_latency",
      .suite = Suite::network,
      .summary =
          "latency of one message between two network adapters (half a round trip; of read a whole "
          "one)",
      .axes = with_rdma_axes(
          {latency_bytes_axis(),
           verbs_axis({Verb::write, Verb::send},
                      {Verb::write, Verb::send, Verb::read, Verb::write_imm, Verb::ud_send}),
           moved_memory_axis()}),
      .needs = {.ranks = 2, .by = Carrier::rdma},
      .operation =
          [](const Params& p) { return fabric_transfer(p, FabricTransfer::Shape::ping_pong); },
  };
}

}  // namespace shortfall
