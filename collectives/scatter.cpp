// Scatter: every rank ends with its block of what the first one had.
#include "collectives/axes.hpp"
#include "harness/benchmark.hpp"

namespace shortfall {

Benchmark scatter() {
  return {
      .name = "scatter",
      .suite = Suite::collectives,
      .summary = "send each rank its block from the first rank",
      .axes = collective_axes({.can_be_grouped = true}),
      .needs = {.ranks = 2},
      .operation = [](const Params& p) { return collective_from(Collective::Kind::scatter, p); },
  };
}

}  // namespace shortfall
