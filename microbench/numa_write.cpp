// Writes to the memory of one NUMA node.
#include "harness/benchmark.hpp"
#include "microbench/memory_axes.hpp"

namespace shortfall {

Benchmark numa_write() {
  return {
      .name = "numa_write",
      .suite = Suite::memory,
      .summary = "bandwidth of writing the memory of each NUMA node, against the local one",
      .axes = numa_axes(),
      .runs = Runs::on_host,
      .operation =
          [](const Params& p) {
            return MemoryPass{.kind = MemoryPass::Kind::write,
                              .bytes = p.bytes("bytes"),
                              .placement = placement_of(p)};
          },
  };
}

}  // namespace shortfall
