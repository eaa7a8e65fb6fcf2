// From one accelerator to all others: what its link gives.
#include "harness/benchmark.hpp"
#include "microbench/link_axes.hpp"

namespace shortfall {

Benchmark peer_one_to_all() {
  return {
      .name = "peer_one_to_all",
      .suite = Suite::device_link,
      .summary = "copies from one accelerator to all others, by the rate of its link",
      .axes = {link_sizes(), way_axis(), mover_axis(), hub_groups_axis()},
      .needs = {.ranks = 2, .by = Carrier::peer_memory},
      .runs = Runs::on_accelerator,
      .operation =
          [](const Params& p) {
            return PeerCopy{PeerCopy::Shape::one_to_all, p.bytes("bytes"), way_of(p), mover_of(p)};
          },
  };
}

}  // namespace shortfall
