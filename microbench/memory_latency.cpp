// Latency: the time of one load that waits for the one before.
#include "harness/benchmark.hpp"
#include "microbench/memory_axes.hpp"

namespace shortfall {
namespace {

// Where a page ends matters more to a chase than to a pass: only the quick profile leaves it out.
Axis both_pages() {
  Axis pages = pages_axis();
  pages.values[static_cast<std::size_t>(Profile::standard)] = {"huge", "small"};
  pages.is_option = false;
  return pages;
}

// GPUs: in the first-level cache, in the second, in memory; then all that lies between.
Axis sizes() {
  constexpr std::int64_t kib = 1 << 10, mib = 1 << 20, gib = 1 << 30;
  return accelerated(geometric("bytes", 16_KiB, {64_MiB, 16}, {256_MiB, 4}, {1_GiB, 2}),
                     {16 * kib, 16 * mib, gib}, powers(16 * kib, 4 * gib, 8),
                     powers(16 * kib, 4 * gib, 2));
}

}  // namespace

Benchmark memory_latency() {
  return {
      .name = "memory_latency",
      .suite = Suite::memory,
      .summary = "latency of caches and memory, by loads along a random cycle of cache lines",
      .axes = {sizes(), all_on_accelerators(usually(choice("group", {"one", "all"}), {"one"})),
               both_pages()},
      .operation =
          [](const Params& p) {
            return Chase{p.bytes("bytes"), placement_of(p)};
          },
  };
}

}  // namespace shortfall
