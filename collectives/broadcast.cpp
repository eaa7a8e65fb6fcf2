// Broadcast: every rank ends with what the first one had.
#include "collectives/axes.hpp"
#include "harness/benchmark.hpp"

namespace shortfall {

Benchmark broadcast() {
  return {
      .name = "broadcast",
      .suite = Suite::collectives,
      .summary = "send one buffer from the first rank to all",
      .axes = collective_axes({}),
      .needs = {.ranks = 2},
      .operation = [](const Params& p) { return collective_from(Collective::Kind::broadcast, p); },
  };
}

}  // namespace shortfall
