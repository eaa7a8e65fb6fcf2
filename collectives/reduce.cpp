// Reduce: the first rank ends with the element-wise sum of all ranks' buffers.
#include "collectives/axes.hpp"
#include "harness/benchmark.hpp"

namespace shortfall {

Benchmark reduce() {
  return {
      .name = "reduce",
      .suite = Suite::collectives,
      .summary = "sum one buffer on the first rank",
      .axes = collective_axes({.reduces = true, .is_in_place = true}),
      .needs = {.ranks = 2},
      .operation = [](const Params& p) { return collective_from(Collective::Kind::reduce, p); },
  };
}

}  // namespace shortfall
