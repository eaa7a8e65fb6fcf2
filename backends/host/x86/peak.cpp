// Multiply-adds on registers by the widest instruction that this x86 has for a type.
#include <immintrin.h>

#include <cstring>

#include "backends/host/peak_kernels.hpp"

namespace shortfall {
namespace {

// An instruction: sum += 1 * 1 in every lane. Assembly keeps the compiler from simplifying
// what it can see through; `one` has the bits of 1 in every lane.
struct FmaF64x8 {
  using Vector = __m512d;
  using Lane = double;
  static constexpr std::string_view name = "vfmadd231pd zmm";
  static constexpr std::int64_t operations = 16;
  static constexpr std::uint64_t one = 0x3ff0000000000000U;
  [[gnu::target("avx512f"), gnu::always_inline]] static void step(Vector& sum,
                                                                  const Vector& one_in_each) {
    asm volatile("vfmadd231pd %1, %1, %0" : "+v"(sum) : "v"(one_in_each));
  }
};

struct FmaF32x16 {
  using Vector = __m512;
  using Lane = float;
  static constexpr std::string_view name = "vfmadd231ps zmm";
  static constexpr std::int64_t operations = 32;
  static constexpr std::uint64_t one = 0x3f8000003f800000U;
  [[gnu::target("avx512f"), gnu::always_inline]] static void step(Vector& sum,
                                                                  const Vector& one_in_each) {
    asm volatile("vfmadd231ps %1, %1, %0" : "+v"(sum) : "v"(one_in_each));
  }
};

struct DotBf16x32 {  // AVX512_BF16
  using Vector = __m512;
  using Lane = float;
  static constexpr std::string_view name = "vdpbf16ps zmm";
  static constexpr std::int64_t operations = 64;
  static constexpr std::uint64_t one = 0x3f803f803f803f80U;
  [[gnu::target("avx512f"), gnu::always_inline]] static void step(Vector& sum,
                                                                  const Vector& one_in_each) {
    asm volatile("vdpbf16ps %1, %1, %0" : "+v"(sum) : "v"(one_in_each));
  }
};

struct DotInt8x64 {  // AVX512_VNNI
  using Vector = __m512i;
  using Lane = std::int32_t;
  static constexpr std::string_view name = "vpdpbusd zmm";
  static constexpr std::int64_t operations = 128;
  static constexpr std::uint64_t one = 0x0101010101010101U;
  [[gnu::target("avx512f"), gnu::always_inline]] static void step(Vector& sum,
                                                                  const Vector& one_in_each) {
    asm volatile("vpdpbusd %1, %1, %0" : "+v"(sum) : "v"(one_in_each));
  }
};

struct FmaF64x4 {
  using Vector = __m256d;
  using Lane = double;
  static constexpr std::string_view name = "vfmadd231pd ymm";
  static constexpr std::int64_t operations = 8;
  static constexpr std::uint64_t one = FmaF64x8::one;
  [[gnu::target("avx2"), gnu::always_inline]] static void step(Vector& sum,
                                                               const Vector& one_in_each) {
    asm volatile("vfmadd231pd %1, %1, %0" : "+x"(sum) : "x"(one_in_each));
  }
};

struct FmaF32x8 {
  using Vector = __m256;
  using Lane = float;
  static constexpr std::string_view name = "vfmadd231ps ymm";
  static constexpr std::int64_t operations = 16;
  static constexpr std::uint64_t one = FmaF32x16::one;
  [[gnu::target("avx2"), gnu::always_inline]] static void step(Vector& sum,
                                                               const Vector& one_in_each) {
    asm volatile("vfmadd231ps %1, %1, %0" : "+x"(sum) : "x"(one_in_each));
  }
};

struct PairsInt8x32 {  // what libraries do without VNNI: pairs of products in 16 bits, then in 32
  using Vector = __m256i;
  using Lane = std::int32_t;
  static constexpr std::string_view name = "vpmaddubsw, vpmaddwd, vpaddd ymm";
  static constexpr std::int64_t operations = 64;
  static constexpr std::uint64_t one = DotInt8x64::one;
  [[gnu::target("avx2"), gnu::always_inline]] static void step(Vector& sum,
                                                               const Vector& one_in_each) {
    Vector products;
    asm volatile(
        "vpmaddubsw %2, %2, %1\n\t"
        "vpmaddwd %2, %1, %1\n\t"
        "vpaddd %1, %0, %0"
        : "+x"(sum), "=&x"(products)
        : "x"(one_in_each));
  }
};

struct MulAddF64x2 {
  using Vector = __m128d;
  using Lane = double;
  static constexpr std::string_view name = "mulpd, addpd xmm";
  static constexpr std::int64_t operations = 4;
  static constexpr std::uint64_t one = FmaF64x8::one;
  [[gnu::always_inline]] static void step(Vector& sum, const Vector& one_in_each) {
    Vector product = one_in_each;
    asm volatile("mulpd %2, %1\n\taddpd %1, %0" : "+x"(sum), "+x"(product) : "x"(one_in_each));
  }
};

struct MulAddF32x4 {
  using Vector = __m128;
  using Lane = float;
  static constexpr std::string_view name = "mulps, addps xmm";
  static constexpr std::int64_t operations = 8;
  static constexpr std::uint64_t one = FmaF32x16::one;
  [[gnu::always_inline]] static void step(Vector& sum, const Vector& one_in_each) {
    Vector product = one_in_each;
    asm volatile("mulps %2, %1\n\taddps %1, %0" : "+x"(sum), "+x"(product) : "x"(one_in_each));
  }
};

// Of the 32 or 16 registers that there are, two units with a latency of 4 or 5 need at least 10. A
// round is long, because a jump costs several cycles where it lies badly in a cache line.
constexpr int steps_of_round = 96;

template <class Instruction>
void fill_with_ones(typename Instruction::Vector& vector) {
  std::uint64_t bits[sizeof vector / 8];
  for (std::uint64_t& word : bits) word = Instruction::one;
  std::memcpy(&vector, bits, sizeof vector);
}

template <class Lane, class Vector, int registers>
double total(const Vector (&sums)[registers]) {
  Lane lanes[registers * (sizeof(Vector) / sizeof(Lane))];
  std::memcpy(lanes, sums, sizeof sums);
  double sum = 0;
  for (const Lane lane : lanes) sum += static_cast<double>(lane);
  return sum;
}

template <class Instruction>
[[gnu::target("avx512f")]] double run_zmm(std::int64_t rounds) {
  constexpr int registers = 24;
  typename Instruction::Vector sums[registers] = {}, one;
  fill_with_ones<Instruction>(one);
  for (; rounds > 0; --rounds) {
#pragma GCC unroll 96
    for (int i = 0; i < steps_of_round; ++i) Instruction::step(sums[i % registers], one);
  }
  return total<typename Instruction::Lane>(sums);
}

template <class Instruction>
[[gnu::target("avx2")]] double run_ymm(std::int64_t rounds) {
  constexpr int registers = 12;
  typename Instruction::Vector sums[registers] = {}, one;
  fill_with_ones<Instruction>(one);
  for (; rounds > 0; --rounds) {
#pragma GCC unroll 96
    for (int i = 0; i < steps_of_round; ++i) Instruction::step(sums[i % registers], one);
  }
  return total<typename Instruction::Lane>(sums);
}

template <class Instruction>
double run_xmm(std::int64_t rounds) {
  constexpr int registers = 12;
  typename Instruction::Vector sums[registers] = {}, one;
  fill_with_ones<Instruction>(one);
  for (; rounds > 0; --rounds) {
#pragma GCC unroll 96
    for (int i = 0; i < steps_of_round; ++i) Instruction::step(sums[i % registers], one);
  }
  return total<typename Instruction::Lane>(sums);
}

template <class Instruction>
PeakKernel kernel(double (*run)(std::int64_t rounds)) {
  return {Instruction::name, steps_of_round * Instruction::operations, run};
}

template <class Wide, class Middle, class Narrow>
std::vector<PeakKernel> fused_kernels() {
  std::vector<PeakKernel> all;
  if (__builtin_cpu_supports("avx512f")) all.push_back(kernel<Wide>(run_zmm<Wide>));
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
    all.push_back(kernel<Middle>(run_ymm<Middle>));
  }
  all.push_back(kernel<Narrow>(run_xmm<Narrow>));
  return all;
}

std::vector<PeakKernel> bf16_kernels() {
  if (!__builtin_cpu_supports("avx512bf16")) return {};
  return {kernel<DotBf16x32>(run_zmm<DotBf16x32>)};
}

std::vector<PeakKernel> int8_kernels() {
  std::vector<PeakKernel> all;
  if (__builtin_cpu_supports("avx512vnni")) all.push_back(kernel<DotInt8x64>(run_zmm<DotInt8x64>));
  if (__builtin_cpu_supports("avx2")) all.push_back(kernel<PairsInt8x32>(run_ymm<PairsInt8x32>));
  return all;
}

}  // namespace

std::vector<PeakKernel> peak_kernels(DType type) {
  switch (type) {
    case DType::f64:
      return fused_kernels<FmaF64x8, FmaF64x4, MulAddF64x2>();
    case DType::f32:
      return fused_kernels<FmaF32x16, FmaF32x8, MulAddF32x4>();
    case DType::bf16:
      return bf16_kernels();
    case DType::int8:
      return int8_kernels();
    default:
      return {};
  }
}

}  // namespace shortfall
