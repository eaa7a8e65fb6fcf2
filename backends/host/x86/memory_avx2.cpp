// Passes over memory by AVX2.
#include <immintrin.h>

#include "backends/host/x86/memory_x86.hpp"
#include "core/operation.hpp"

namespace shortfall {
namespace {

[[gnu::target("avx2,fma")]] double read(const double* from, std::size_t count) {
  constexpr std::size_t lanes = 4;
  __m256d sums[8] = {};  // enough to hide the latency of an addition
  std::size_t i = 0;
  for (; i + 8 * lanes <= count; i += 8 * lanes) {
#pragma GCC unroll 8
    for (std::size_t j = 0; j < 8; ++j) {
      sums[j] = _mm256_add_pd(sums[j], _mm256_load_pd(from + i + lanes * j));
    }
  }
  for (; i < count; i += lanes) sums[0] = _mm256_add_pd(sums[0], _mm256_load_pd(from + i));
  for (std::size_t j = 1; j < 8; ++j) sums[0] = _mm256_add_pd(sums[0], sums[j]);
  double parts[lanes];
  _mm256_storeu_pd(parts, sums[0]);
  double sum = 0;
  for (const double part : parts) sum += part;
  return sum;
}

[[gnu::target("avx2,fma")]] void copy(double* to, const double* from, std::size_t count) {
#pragma GCC unroll 4
  for (std::size_t i = 0; i < count; i += 4) _mm256_store_pd(to + i, _mm256_load_pd(from + i));
}

[[gnu::target("avx2,fma")]] void copy_non_temporal(double* to, const double* from,
                                                   std::size_t count) {
#pragma GCC unroll 4
  for (std::size_t i = 0; i < count; i += 4) _mm256_stream_pd(to + i, _mm256_load_pd(from + i));
  _mm_sfence();
}

[[gnu::target("avx2,fma")]] void triad(double* to, const double* plain, const double* scaled,
                                       std::size_t count) {
  const __m256d scale = _mm256_set1_pd(MemoryPass::scale);
#pragma GCC unroll 4
  for (std::size_t i = 0; i < count; i += 4) {
    _mm256_store_pd(to + i,
                    _mm256_fmadd_pd(scale, _mm256_load_pd(scaled + i), _mm256_load_pd(plain + i)));
  }
}

[[gnu::target("avx2,fma")]] void triad_non_temporal(double* to, const double* plain,
                                                    const double* scaled, std::size_t count) {
  const __m256d scale = _mm256_set1_pd(MemoryPass::scale);
#pragma GCC unroll 4
  for (std::size_t i = 0; i < count; i += 4) {
    _mm256_stream_pd(to + i,
                     _mm256_fmadd_pd(scale, _mm256_load_pd(scaled + i), _mm256_load_pd(plain + i)));
  }
  _mm_sfence();
}

}  // namespace

const MemoryKernels& avx2_memory_kernels() {
  static const MemoryKernels kernels{
      "avx2", read, copy, copy_non_temporal, triad, triad_non_temporal};
  return kernels;
}

}  // namespace shortfall
