// One thread's passes over arrays of f64, for the processor that runs this.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "core/operation/memory_pass.hpp"

namespace shortfall {

// Arrays begin at multiples of 64 bytes and hold multiples of 8 elements; indices begin at
// multiples of 32 bytes, and their table, from[0], may have any number of elements.
struct PassArrays {
  double* to = nullptr;
  const double* from[MemoryPass::most_reads] = {};
  const std::int32_t* index = nullptr;
  std::size_t count = 0;
};

struct MemoryKernels {
  using Sum = double (*)(const PassArrays& on);
  using Store = void (*)(const PassArrays& on);
  // A non-temporal store does not first read what it overwrites, and leaves nothing in the caches;
  // it is visible to other threads on return. Processors without have null there.
  struct Stores {
    Store regular = nullptr, non_temporal = nullptr;
  };

  std::string_view isa;
  Sum read, dot;
  Stores write, copy, scale, add, triad, gather;
  Stores mix[MemoryPass::most_reads];  // of one array, of two, ...
};

// All that this processor can run, the widest first; at least one.
std::vector<MemoryKernels> memory_kernels();

}  // namespace shortfall
