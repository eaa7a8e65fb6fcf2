// Read: the sum of one array.
#include "harness/benchmark.hpp"
#include "microbench/memory_axes.hpp"

namespace shortfall {

Benchmark memory_read() {
  return {
      .name = "memory_read",
      .suite = Suite::memory,
      .summary = "memory bandwidth of summing one array",
      .axes = memory_axes(),
      .operation =
          [](const Params& p) {
            return MemoryPass{.kind = MemoryPass::Kind::read,
                              .bytes = p.bytes("bytes"),
                              .placement = placement_of(p)};
          },
  };
}

}  // namespace shortfall
