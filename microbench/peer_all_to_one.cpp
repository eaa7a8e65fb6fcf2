// From all accelerators to one of them: what its link takes.
#include "harness/benchmark.hpp"
#include "microbench/link_axes.hpp"

namespace shortfall {

Benchmark peer_all_to_one() {
  return {
      .name = "peer_all_to_one",
      .suite = Suite::device_link,
      .summary = "copies from all accelerators to one, by the rate of its link",
      .axes = {link_sizes(), way_axis(), mover_axis(), hub_groups_axis()},
      .needs = {.ranks = 2, .by = Carrier::peer_memory},
      .runs = Runs::on_accelerator,
      .operation =
          [](const Params& p) {
            return PeerCopy{PeerCopy::Shape::all_to_one, p.bytes("bytes"), way_of(p), mover_of(p)};
          },
  };
}

}  // namespace shortfall
