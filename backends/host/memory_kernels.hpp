// One thread's passes over arrays of f64, for the processor that runs this.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace shortfall {

// Arrays begin at multiples of 64 bytes and hold multiples of 8 elements. A non-temporal store does
// not first read what it overwrites, and leaves nothing in the caches; it is visible to other
// threads on return. Processors without have null there.
struct MemoryKernels {
  using Read = double (*)(const double* from, std::size_t count);
  using Copy = void (*)(double* to, const double* from, std::size_t count);
  using Triad = void (*)(double* to, const double* plain, const double* scaled, std::size_t count);

  std::string_view isa;
  Read read;
  Copy copy, copy_non_temporal;
  Triad triad, triad_non_temporal;
};

// All that this processor can run, the widest first; at least one.
std::vector<MemoryKernels> memory_kernels();

}  // namespace shortfall
