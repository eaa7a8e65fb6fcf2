// Passes over memory by AVX2. This source is compiled for it and FMA: see memory_loops.hpp.
#include <immintrin.h>

#include "backends/host/x86/memory_loops.hpp"
#include "backends/host/x86/memory_x86.hpp"

namespace shortfall {
namespace {

struct Avx2 {
  using Vector = __m256d;
  static constexpr std::size_t lanes = 4;
  static Vector load(const double* from) { return _mm256_load_pd(from); }
  static void store(double* to, Vector value) { _mm256_store_pd(to, value); }
  static void stream(double* to, Vector value) { _mm256_stream_pd(to, value); }
  static Vector gather(const double* table, const std::int32_t* index) {
    const __m128i at = _mm_load_si128(reinterpret_cast<const __m128i*>(index));
    // With a source for lanes that are not fetched: without, compilers warn of the header's own.
    const __m256d all = _mm256_castsi256_pd(_mm256_set1_epi64x(-1));
    return _mm256_mask_i32gather_pd(Vector{}, table, at, all, sizeof(double));
  }
};

constexpr MemoryKernels kernels = kernels_of<Avx2>("avx2");

}  // namespace

MemoryKernels avx2_memory_kernels() { return kernels; }

}  // namespace shortfall
