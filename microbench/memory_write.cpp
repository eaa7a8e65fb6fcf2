// Write: a = 7, one array.
#include "harness/benchmark.hpp"
#include "microbench/memory_axes.hpp"

namespace shortfall {

Benchmark memory_write() {
  return {
      .name = "memory_write",
      .suite = Suite::memory,
      .summary = "memory bandwidth of writing one array",
      .axes = memory_axes_beyond_quick(),
      .operation =
          [](const Params& p) {
            return MemoryPass{.kind = MemoryPass::Kind::write,
                              .bytes = p.bytes("bytes"),
                              .placement = placement_of(p)};
          },
  };
}

}  // namespace shortfall
