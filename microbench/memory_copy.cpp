// Copy: a = b, two arrays.
#include "harness/benchmark.hpp"
#include "microbench/memory_axes.hpp"

namespace shortfall {

Benchmark memory_copy() {
  return {
      .name = "memory_copy",
      .suite = Suite::memory,
      .summary = "memory bandwidth of a = b",
      .axes = memory_axes(),
      .operation =
          [](const Params& p) {
            return MemoryPass{.kind = MemoryPass::Kind::copy,
                              .bytes = p.bytes("bytes"),
                              .placement = placement_of(p)};
          },
  };
}

}  // namespace shortfall
