// Latency of the memory of one NUMA node.
#include "harness/benchmark.hpp"
#include "microbench/memory_axes.hpp"

namespace shortfall {

Benchmark numa_latency() {
  return {
      .name = "numa_latency",
      .suite = Suite::memory,
      .summary = "latency of the memory of each NUMA node, against the local one",
      .axes = numa_axes(),
      .runs = Runs::on_host,
      .operation =
          [](const Params& p) {
            return Chase{p.bytes("bytes"), placement_of(p)};
          },
  };
}

}  // namespace shortfall
