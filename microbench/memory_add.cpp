// Add: a = b + c, three arrays.
#include "harness/benchmark.hpp"
#include "microbench/memory_axes.hpp"

namespace shortfall {

Benchmark memory_add() {
  return {
      .name = "memory_add",
      .suite = Suite::memory,
      .summary = "memory bandwidth of a = b + c",
      .axes = memory_axes_beyond_quick(),
      .operation =
          [](const Params& p) {
            return MemoryPass{.kind = MemoryPass::Kind::add,
                              .bytes = p.bytes("bytes"),
                              .placement = placement_of(p)};
          },
  };
}

}  // namespace shortfall
