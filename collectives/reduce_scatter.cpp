// Reduce-scatter: every rank ends with its block of the sum, as sharded gradients are summed.
#include "collectives/axes.hpp"
#include "harness/benchmark.hpp"

namespace shortfall {

Benchmark reduce_scatter() {
  return {
      .name = "reduce_scatter",
      .suite = Suite::collectives,
      .summary = "sum a buffer and leave each rank its block",
      .axes = collective_axes({.reduces = true, .is_in_place = true}),
      .needs = {.ranks = 2},
      .operation =
          [](const Params& p) { return collective_from(Collective::Kind::reduce_scatter, p); },
  };
}

}  // namespace shortfall
