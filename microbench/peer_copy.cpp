// Copies from one accelerator to another.
#include "harness/benchmark.hpp"
#include "microbench/link_axes.hpp"

namespace shortfall {

Benchmark peer_copy() {
  return {
      .name = "peer_copy",
      .suite = Suite::device_link,
      .summary = "copies from one accelerator to another, or both ways at once",
      .axes = {few_link_sizes(),
               usually(choice("direction", {"one_way", "both_ways"}), {"one_way"}), way_axis(),
               mover_axis(), ordered_pairs_axis()},
      .needs = {.ranks = 2, .by = Carrier::peer_memory},
      .runs = Runs::on_accelerator,
      .operation =
          [](const Params& p) {
            const bool is_one_way = p.text("direction") == "one_way";
            return PeerCopy{is_one_way ? PeerCopy::Shape::pair : PeerCopy::Shape::both_ways,
                            p.bytes("bytes"), way_of(p), mover_of(p)};
          },
  };
}

}  // namespace shortfall
