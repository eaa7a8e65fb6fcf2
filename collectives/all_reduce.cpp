// All-reduce: every rank ends with the element-wise sum of all ranks' buffers.
#include "collectives/axes.hpp"
#include "harness/benchmark.hpp"

namespace shortfall {

Benchmark all_reduce() {
  return {
      .name = "all_reduce",
      .suite = Suite::collectives,
      .summary = "sum one buffer across all ranks of a group",
      .axes = collective_axes({.reduces = true, .is_in_place = true, .is_essential = true}),
      .needs = {.ranks = 2},
      .operation = [](const Params& p) { return collective_from(Collective::Kind::all_reduce, p); },
  };
}

}  // namespace shortfall
