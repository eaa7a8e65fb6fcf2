// Bandwidth and message rate of a window of messages between two ranks, in one direction or in both
// at once.
#include "harness/benchmark.hpp"
#include "microbench/network_axes.hpp"

namespace shortfall {

Benchmark send_recv_bandwidth() {
  return {
      .name = "send_recv_bandwidth",
      .suite = Suite::network,
      .summary = "bandwidth and message rate of a window of messages between two ranks",
      .axes = {geometric("bytes", 8_B, {2_MiB, 64}, {16_MiB, 4}, {64_MiB, 2}),
               choice("direction", {"one_way", "two_way"}), window_axis(), pairs_axis()},
      .needs = {.ranks = 2},
      .operation =
          [](const Params& p) {
            const bool is_one_way = p.text("direction") == "one_way";
            return Transfer{is_one_way ? Transfer::Kind::one_way : Transfer::Kind::two_way,
                            p.bytes("bytes"), window_of(p)};
          },
  };
}

}  // namespace shortfall
