// Triad: a = b + 3 c, the classic test of memory bandwidth.
#include "harness/benchmark.hpp"
#include "microbench/memory_axes.hpp"

namespace shortfall {

Benchmark memory_triad() {
  return {
      .name = "memory_triad",
      .suite = Suite::memory,
      .summary = "memory bandwidth of a = b + 3 c",
      .axes = memory_axes(),
      .operation =
          [](const Params& p) {
            return MemoryPass{.kind = MemoryPass::Kind::triad,
                              .bytes = p.bytes("bytes"),
                              .placement = placement_of(p)};
          },
  };
}

}  // namespace shortfall
