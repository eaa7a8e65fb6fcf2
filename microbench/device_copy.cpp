// Copies within an accelerator by its copy engine, to hold against those over links. No figure of
// its memory: a kernel reaches more (memory_copy).
#include "harness/benchmark.hpp"
#include "microbench/link_axes.hpp"

namespace shortfall {

Benchmark device_copy() {
  return {
      .name = "device_copy",
      .suite = Suite::device_link,
      .summary = "copies within an accelerator by its copy engine; bytes are of both arrays",
      .axes = {few_link_sizes(), choice("group", {"all"})},
      .runs = Runs::on_accelerator,
      .operation =
          [](const Params& p) {
            return MemoryPass{.kind = MemoryPass::Kind::copy,
                              .bytes = p.bytes("bytes"),
                              .by = Mover::copy_engine};
          },
  };
}

}  // namespace shortfall
