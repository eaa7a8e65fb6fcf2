// Dot: the sum of a b, two arrays that are only read.
#include "harness/benchmark.hpp"
#include "microbench/memory_axes.hpp"

namespace shortfall {

Benchmark memory_dot() {
  return {
      .name = "memory_dot",
      .suite = Suite::memory,
      .summary = "memory bandwidth of the scalar product of two arrays",
      .axes = memory_axes_beyond_quick(),
      .operation =
          [](const Params& p) {
            return MemoryPass{.kind = MemoryPass::Kind::dot,
                              .bytes = p.bytes("bytes"),
                              .placement = placement_of(p)};
          },
  };
}

}  // namespace shortfall
