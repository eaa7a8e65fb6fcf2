// All accelerators at once: each copies to the one half of all ranks away, and is copied to by it.
#include "harness/benchmark.hpp"
#include "microbench/link_axes.hpp"

namespace shortfall {

Benchmark peer_bisection() {
  return {
      .name = "peer_bisection",
      .suite = Suite::device_link,
      .summary = "all pairs of accelerators at once, both ways",
      .axes = {link_sizes(), way_axis(), mover_axis(),
               usually(choice("group", {"pairs", "next_pairs"}), {"pairs"})},
      .needs = {.ranks = 2, .by = Carrier::peer_memory},
      .runs = Runs::on_accelerator,
      .operation =
          [](const Params& p) {
            return PeerCopy{PeerCopy::Shape::both_ways, p.bytes("bytes"), way_of(p), mover_of(p)};
          },
  };
}

}  // namespace shortfall
