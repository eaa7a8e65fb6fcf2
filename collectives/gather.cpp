// Gather: the first rank ends with the blocks of all ranks.
#include "collectives/axes.hpp"
#include "harness/benchmark.hpp"

namespace shortfall {

Benchmark gather() {
  return {
      .name = "gather",
      .suite = Suite::collectives,
      .summary = "collect one block of every rank on the first rank",
      .axes = collective_axes({.is_in_place = true, .can_be_grouped = true}),
      .needs = {.ranks = 2},
      .operation = [](const Params& p) { return collective_from(Collective::Kind::gather, p); },
  };
}

}  // namespace shortfall
