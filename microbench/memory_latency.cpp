// Latency: the time of one load that waits for the one before.
#include "harness/benchmark.hpp"
#include "microbench/memory_axes.hpp"

namespace shortfall {
namespace {

// Where a page ends matters more to a chase than to a pass: only the quick profile leaves it out.
Axis both_pages() {
  Axis pages = choice("pages", {"huge", "small"});
  pages.values[static_cast<std::size_t>(Profile::quick)] = {"huge"};
  return pages;
}

}  // namespace

Benchmark memory_latency() {
  return {
      .name = "memory_latency",
      .suite = Suite::memory,
      .summary = "latency of caches and memory, by loads along a random cycle of cache lines",
      .axes = {geometric("bytes", 16_KiB, {64_MiB, 16}, {256_MiB, 4}, {1_GiB, 2}),
               usually(choice("group", {"one", "all"}), {"one"}), both_pages()},
      .operation =
          [](const Params& p) {
            return Chase{p.bytes("bytes"), placement_of(p)};
          },
  };
}

}  // namespace shortfall
