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
            return MemoryPass{MemoryPass::Kind::read, p.bytes("bytes")};
          },
  };
}

}  // namespace shortfall
