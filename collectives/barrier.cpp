// Barrier: no rank leaves before all have arrived. The latency floor of everything collective.
#include "harness/benchmark.hpp"

namespace shortfall {

Benchmark barrier() {
  return {
      .name = "barrier",
      .suite = Suite::collectives,
      .summary = "wait until all ranks of a group have arrived",
      .axes = {usually(choice("group", {"world", "halves", "pairs", "next_pairs", "within_host",
                                        "across_hosts", "rails"}),
                       {"world"})},
      .needs = {.ranks = 2},
      .operation =
          [](const Params&) {
            return Collective{Collective::Kind::barrier, 0_B};
          },
  };
}

}  // namespace shortfall
