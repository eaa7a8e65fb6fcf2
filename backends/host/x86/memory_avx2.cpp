// Passes over memory by AVX2.
#include <immintrin.h>

#include "backends/host/x86/memory_x86.hpp"
#include "core/operation.hpp"

namespace shortfall {
namespace {

constexpr std::size_t lanes = 4;

[[gnu::target("avx2,fma")]] double read(const double* from, std::size_t count) {
  // Eight sums hide the latency of an addition.
  __m256d a{}, b{}, c{}, d{}, e{}, f{}, g{}, h{};
  std::size_t i = 0;
  for (; i + 8 * lanes <= count; i += 8 * lanes) {
    a = _mm256_add_pd(a, _mm256_load_pd(from + i));
    b = _mm256_add_pd(b, _mm256_load_pd(from + i + lanes));
    c = _mm256_add_pd(c, _mm256_load_pd(from + i + 2 * lanes));
    d = _mm256_add_pd(d, _mm256_load_pd(from + i + 3 * lanes));
    e = _mm256_add_pd(e, _mm256_load_pd(from + i + 4 * lanes));
    f = _mm256_add_pd(f, _mm256_load_pd(from + i + 5 * lanes));
    g = _mm256_add_pd(g, _mm256_load_pd(from + i + 6 * lanes));
    h = _mm256_add_pd(h, _mm256_load_pd(from + i + 7 * lanes));
  }
  for (; i < count; i += lanes) a = _mm256_add_pd(a, _mm256_load_pd(from + i));
  a = _mm256_add_pd(_mm256_add_pd(a, b), _mm256_add_pd(c, d));
  e = _mm256_add_pd(_mm256_add_pd(e, f), _mm256_add_pd(g, h));
  double parts[lanes];
  _mm256_storeu_pd(parts, _mm256_add_pd(a, e));
  return (parts[0] + parts[1]) + (parts[2] + parts[3]);
}

// Elements that a loop handles at once. Small arrays need it, non-temporal stores do not like it.
template <bool is_temporal>
constexpr std::size_t block = is_temporal ? 4 * lanes : lanes;

template <bool is_temporal>
[[gnu::target("avx2,fma"), gnu::always_inline]] inline void store(double* to, __m256d value) {
  if constexpr (is_temporal) {
    _mm256_store_pd(to, value);
  } else {
    _mm256_stream_pd(to, value);
  }
}

template <bool is_temporal>
[[gnu::target("avx2,fma")]] void copy(double* to, const double* from, std::size_t count) {
  std::size_t i = 0;
  for (; i + block<is_temporal> <= count; i += block<is_temporal>) {
#pragma GCC unroll 4
    for (std::size_t j = 0; j < block<is_temporal>; j += lanes) {
      store<is_temporal>(to + i + j, _mm256_load_pd(from + i + j));
    }
  }
  for (; i < count; i += lanes) store<is_temporal>(to + i, _mm256_load_pd(from + i));
  if constexpr (!is_temporal) _mm_sfence();
}

[[gnu::target("avx2,fma"), gnu::always_inline]] inline __m256d sum_at(const double* plain,
                                                                      const double* scaled) {
  return _mm256_fmadd_pd(_mm256_set1_pd(MemoryPass::scale), _mm256_load_pd(scaled),
                         _mm256_load_pd(plain));
}

template <bool is_temporal>
[[gnu::target("avx2,fma")]] void triad(double* to, const double* plain, const double* scaled,
                                       std::size_t count) {
  std::size_t i = 0;
  for (; i + block<is_temporal> <= count; i += block<is_temporal>) {
#pragma GCC unroll 4
    for (std::size_t j = 0; j < block<is_temporal>; j += lanes) {
      store<is_temporal>(to + i + j, sum_at(plain + i + j, scaled + i + j));
    }
  }
  for (; i < count; i += lanes) store<is_temporal>(to + i, sum_at(plain + i, scaled + i));
  if constexpr (!is_temporal) _mm_sfence();
}

}  // namespace

MemoryKernels avx2_memory_kernels() {
  return {"avx2", read, copy<true>, copy<false>, triad<true>, triad<false>};
}

}  // namespace shortfall
