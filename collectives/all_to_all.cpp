// All-to-all: every rank sends a different block to every rank, as mixture-of-experts layers do.
#include "collectives/axes.hpp"
#include "harness/benchmark.hpp"

namespace shortfall {

Benchmark all_to_all() {
  return {
      .name = "all_to_all",
      .suite = Suite::collectives,
      .summary = "exchange one block between every two ranks of a group",
      .axes = collective_axes({.is_in_place = true, .is_essential = true, .can_be_grouped = true}),
      .needs = {.ranks = 2},
      .operation = [](const Params& p) { return collective_from(Collective::Kind::all_to_all, p); },
  };
}

}  // namespace shortfall
