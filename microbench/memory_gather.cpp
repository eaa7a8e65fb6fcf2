// Gather: a[i] = b[index[i]], with indices drawn from all of b.
#include "harness/benchmark.hpp"
#include "microbench/memory_axes.hpp"

namespace shortfall {

Benchmark memory_gather() {
  return {
      .name = "memory_gather",
      .suite = Suite::memory,
      .summary = "memory bandwidth of a gather by random indices",
      .axes = memory_axes_beyond_quick(),
      .operation =
          [](const Params& p) {
            return MemoryPass{.kind = MemoryPass::Kind::gather,
                              .bytes = p.bytes("bytes"),
                              .placement = placement_of(p)};
          },
  };
}

}  // namespace shortfall
