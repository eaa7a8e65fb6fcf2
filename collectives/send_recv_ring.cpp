// Ring: every rank sends to the next one and receives from the one before, as pipelines do.
#include "collectives/axes.hpp"
#include "harness/benchmark.hpp"

namespace shortfall {

Benchmark send_recv_ring() {
  return {
      .name = "send_recv_ring",
      .suite = Suite::collectives,
      .summary = "send a buffer to the next rank, receive from the one before",
      .axes = collective_axes({}),
      .needs = {.ranks = 2},
      .operation = [](const Params& p) { return collective_from(Collective::Kind::ring, p); },
  };
}

}  // namespace shortfall
