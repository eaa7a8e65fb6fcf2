// Scale: a = 3 b, two arrays.
#include "harness/benchmark.hpp"
#include "microbench/memory_axes.hpp"

namespace shortfall {

Benchmark memory_scale() {
  return {
      .name = "memory_scale",
      .suite = Suite::memory,
      .summary = "memory bandwidth of a = 3 b",
      .axes = memory_axes_beyond_quick(),
      .operation =
          [](const Params& p) {
            return MemoryPass{.kind = MemoryPass::Kind::scale,
                              .bytes = p.bytes("bytes"),
                              .placement = placement_of(p)};
          },
  };
}

}  // namespace shortfall
