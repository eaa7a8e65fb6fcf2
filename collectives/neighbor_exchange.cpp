// Neighbour exchange: every rank sends to both sides, as halos are exchanged.
#include "collectives/axes.hpp"
#include "harness/benchmark.hpp"

namespace shortfall {

Benchmark neighbor_exchange() {
  return {
      .name = "neighbor_exchange",
      .suite = Suite::collectives,
      .summary = "exchange a buffer with the ranks on both sides",
      .axes = collective_axes({}),
      .needs = {.ranks = 2},
      .operation = [](const Params& p) { return collective_from(Collective::Kind::neighbors, p); },
  };
}

}  // namespace shortfall
