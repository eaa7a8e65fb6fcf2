// Passes over memory by AVX-512. This source is compiled for it: see memory_loops.hpp.
#include <immintrin.h>

#include "backends/host/x86/memory_loops.hpp"
#include "backends/host/x86/memory_x86.hpp"

namespace shortfall {
namespace {

struct Avx512 {
  using Vector = __m512d;
  static constexpr std::size_t lanes = 8;
  static Vector load(const double* from) { return _mm512_load_pd(from); }
  static void store(double* to, Vector value) { _mm512_store_pd(to, value); }
  static void stream(double* to, Vector value) { _mm512_stream_pd(to, value); }
  static Vector gather(const double* table, const std::int32_t* index) {
    const __m256i at = _mm256_load_si256(reinterpret_cast<const __m256i*>(index));
    // With a source for lanes that are not fetched: without, compilers warn of the header's own.
    return _mm512_mask_i32gather_pd(Vector{}, 0xff, at, table, sizeof(double));
  }
};

constexpr MemoryKernels kernels = kernels_of<Avx512>("avx512");

}  // namespace

MemoryKernels avx512_memory_kernels() { return kernels; }

}  // namespace shortfall
