// What it costs to make memory known to a network adapter, and to withdraw it.
#include "harness/benchmark.hpp"
#include "microbench/fabric_axes.hpp"

namespace shortfall {

Benchmark rdma_registration() {
  return {
      .name = "rdma_registration",
      .suite = Suite::network,
      .summary = "registering memory with a network adapter and withdrawing it",
      .axes = registration_axes(),
      .needs = {.by = Carrier::rdma},
      .operation =
          [](const Params& p) {
            return Registration{p.bytes("bytes"), p.text("nics"), moved_placement(p)};
          },
  };
}

}  // namespace shortfall
