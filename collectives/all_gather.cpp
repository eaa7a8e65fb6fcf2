// All-gather: every rank ends with the blocks of all ranks, as sharded weights are collected.
#include "collectives/axes.hpp"
#include "harness/benchmark.hpp"

namespace shortfall {

Benchmark all_gather() {
  return {
      .name = "all_gather",
      .suite = Suite::collectives,
      .summary = "collect one block of every rank on all ranks",
      .axes = collective_axes({.is_in_place = true}),
      .needs = {.ranks = 2},
      .operation = [](const Params& p) { return collective_from(Collective::Kind::all_gather, p); },
  };
}

}  // namespace shortfall
