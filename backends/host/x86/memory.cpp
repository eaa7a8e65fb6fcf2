// Passes over memory by SSE2, which every x86-64 has, and the choice among the levels.
#include <emmintrin.h>

#include "backends/host/x86/memory_loops.hpp"
#include "backends/host/x86/memory_x86.hpp"

namespace shortfall {
namespace {

struct Sse2 {
  using Vector = __m128d;
  static constexpr std::size_t lanes = 2;
  static Vector load(const double* from) { return _mm_load_pd(from); }
  static void store(double* to, Vector value) { _mm_store_pd(to, value); }
  static void stream(double* to, Vector value) { _mm_stream_pd(to, value); }
  static Vector gather(const double* table, const std::int32_t* index) {
    return _mm_set_pd(table[index[1]], table[index[0]]);
  }
};

}  // namespace

std::vector<MemoryKernels> memory_kernels() {
  std::vector<MemoryKernels> all;
  if (__builtin_cpu_supports("avx512f")) all.push_back(avx512_memory_kernels());
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
    all.push_back(avx2_memory_kernels());
  }
  all.push_back(kernels_of<Sse2>("sse2"));
  return all;
}

}  // namespace shortfall
