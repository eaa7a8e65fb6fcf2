// Passes over memory by SSE2, which every x86-64 has, and the choice among the levels.
#include <emmintrin.h>

#include "backends/host/x86/memory_x86.hpp"
#include "core/operation.hpp"

namespace shortfall {
namespace {

double read(const double* from, std::size_t count) {
  __m128d sums[4] = {};
  for (std::size_t i = 0; i < count; i += 8) {
#pragma GCC unroll 4
    for (std::size_t j = 0; j < 4; ++j) {
      sums[j] = _mm_add_pd(sums[j], _mm_load_pd(from + i + 2 * j));
    }
  }
  double parts[2];
  _mm_storeu_pd(parts, _mm_add_pd(_mm_add_pd(sums[0], sums[1]), _mm_add_pd(sums[2], sums[3])));
  return parts[0] + parts[1];
}

void copy(double* to, const double* from, std::size_t count) {
  for (std::size_t i = 0; i < count; i += 2) _mm_store_pd(to + i, _mm_load_pd(from + i));
}

void copy_non_temporal(double* to, const double* from, std::size_t count) {
  for (std::size_t i = 0; i < count; i += 2) _mm_stream_pd(to + i, _mm_load_pd(from + i));
  _mm_sfence();
}

__m128d sum_at(const double* plain, const double* scaled, std::size_t i) {
  const __m128d product = _mm_mul_pd(_mm_set1_pd(MemoryPass::scale), _mm_load_pd(scaled + i));
  return _mm_add_pd(_mm_load_pd(plain + i), product);
}

void triad(double* to, const double* plain, const double* scaled, std::size_t count) {
  for (std::size_t i = 0; i < count; i += 2) _mm_store_pd(to + i, sum_at(plain, scaled, i));
}

void triad_non_temporal(double* to, const double* plain, const double* scaled, std::size_t count) {
  for (std::size_t i = 0; i < count; i += 2) _mm_stream_pd(to + i, sum_at(plain, scaled, i));
  _mm_sfence();
}

}  // namespace

std::vector<MemoryKernels> memory_kernels() {
  std::vector<MemoryKernels> all;
  if (__builtin_cpu_supports("avx512f")) all.push_back(avx512_memory_kernels());
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
    all.push_back(avx2_memory_kernels());
  }
  all.push_back({"sse2", read, copy, copy_non_temporal, triad, triad_non_temporal});
  return all;
}

}  // namespace shortfall
