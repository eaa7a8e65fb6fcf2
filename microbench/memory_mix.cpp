// Mix: one stream is written from several that are read, a = b + c + ...
#include "core/text.hpp"
#include "harness/benchmark.hpp"
#include "microbench/memory_axes.hpp"

namespace shortfall {
namespace {

// Words rather than numbers: only these have loops.
std::vector<Axis> with_reads(std::vector<Axis> axes) {
  axes.push_back(choice("reads", {"1", "2", "3", "4"}));
  return axes;
}

}  // namespace

Benchmark memory_mix() {
  return {
      .name = "memory_mix",
      .suite = Suite::memory,
      .summary = "memory bandwidth of a mix of reads with one write, by the number of streams read",
      .axes = with_reads(memory_axes_beyond_quick()),
      .operation =
          [](const Params& p) {
            return MemoryPass{.kind = MemoryPass::Kind::mix,
                              .bytes = p.bytes("bytes"),
                              .reads = static_cast<int>(parse_integer(p.text("reads")).value()),
                              .placement = placement_of(p)};
          },
  };
}

}  // namespace shortfall
