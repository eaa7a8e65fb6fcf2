// Send and receive: one message there and one back; the time of one way.
#include "harness/benchmark.hpp"
#include "microbench/network_axes.hpp"

namespace shortfall {

Benchmark send_recv() {
  return {
      .name = "send_recv",
      .suite = Suite::network,
      .summary = "latency of one message between two ranks (half a round trip)",
      .axes = {geometric("bytes", 8_B, {16_MiB, 8}, {16_MiB, 2}, {64_MiB, 2}), pairs_axis()},
      .needs = {.ranks = 2},
      .operation =
          [](const Params& p) {
            return Transfer{Transfer::Kind::ping_pong, p.bytes("bytes")};
          },
  };
}

}  // namespace shortfall
