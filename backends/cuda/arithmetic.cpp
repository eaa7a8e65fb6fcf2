#include "backends/cuda/arithmetic.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <string_view>
#include <utility>
#include <vector>

namespace shortfall::cuda {
namespace {

using Flags = std::uint64_t;
constexpr Flags tensor_units = CUBLASLT_NUMERICAL_IMPL_FLAGS_TENSOR_OP_MASK;
// Emulation makes wide types of narrow ones: whatever multiplies 16 bits and less does so natively.
constexpr Flags never_emulated = ~Flags{0};
constexpr Flags sums_f32 = CUBLASLT_NUMERICAL_IMPL_FLAGS_ACCUMULATOR_32F;

Arithmetic plain(cudaDataType_t type, Flags native, std::string needs = "") {
  return {.left = type,
          .right = type,
          .result = type,
          .compute = CUBLAS_COMPUTE_32F,
          .compute_name = "CUBLAS_COMPUTE_32F",
          .factor = CUDA_R_32F,
          .native = native,
          .needs = std::move(needs)};
}

Arithmetic f64() {
  Arithmetic a =
      plain(CUDA_R_64F, CUBLASLT_NUMERICAL_IMPL_FLAGS_FMA | CUBLASLT_NUMERICAL_IMPL_FLAGS_DMMA |
                            CUBLASLT_NUMERICAL_IMPL_FLAGS_ACCUMULATOR_64F |
                            CUBLASLT_NUMERICAL_IMPL_FLAGS_INPUT_64F);
  a.compute = CUBLAS_COMPUTE_64F;
  a.compute_name = "CUBLAS_COMPUTE_64F";
  a.factor = CUDA_R_64F;
  return a;
}

Arithmetic tf32() {
  Arithmetic a =
      plain(CUDA_R_32F, tensor_units | sums_f32 | CUBLASLT_NUMERICAL_IMPL_FLAGS_INPUT_TF32,
            "sm_80 or later");
  a.compute = CUBLAS_COMPUTE_32F_FAST_TF32;
  a.compute_name = "CUBLAS_COMPUTE_32F_FAST_TF32";
  return a;
}

// A, of u8 up to 127, has the same bits as s8.
Arithmetic int8() {
  Arithmetic a = plain(CUDA_R_8I, never_emulated);
  a.result = a.factor = CUDA_R_32I;
  a.compute = CUBLAS_COMPUTE_32I;
  a.compute_name = "CUBLAS_COMPUTE_32I";
  a.is_transposed = true;
  a.k_multiple = a.n_multiple = 4;
  return a;
}

// Rows of all matrices begin at multiples of 16 B.
Arithmetic f8(cudaDataType_t left) {
  Arithmetic a = plain(left, never_emulated, "sm_89 or later");
  a.right = CUDA_R_8F_E4M3;
  a.result = CUDA_R_16BF;
  a.is_transposed = true;
  a.k_multiple = 16;
  a.n_multiple = 8;
  return a;
}

Arithmetic mxfp8() {
  Arithmetic a = f8(CUDA_R_8F_E4M3);
  a.needs = "sm_100 or later";
  a.k_multiple = a.block = 32;
  a.scales = CUBLASLT_MATMUL_MATRIX_SCALE_VEC32_UE8M0;
  a.one = 127;  // its exponent, and nothing else
  return a;
}

Arithmetic nvfp4() {
  Arithmetic a = mxfp8();
  a.left = a.right = CUDA_R_4F_E2M1;
  a.block = 16;
  a.scales = CUBLASLT_MATMUL_MATRIX_SCALE_VEC16_UE4M3;
  a.one = 7 << 3;  // exponent 7 of bias 7, fraction 0
  return a;
}

struct Word {
  Flags flag;
  const char* text;
};

std::string words_of(Flags flags, const std::vector<Word>& words, const char* before) {
  std::string all;
  for (const auto& [flag, text] : words) {
    if ((flags & flag) != 0) all += (all.empty() ? before : "+") + std::string(text);
  }
  return all;
}

}  // namespace

std::optional<Arithmetic> arithmetic_of(DType type) {
  switch (type) {
    case DType::f64:
      return f64();
    case DType::f32:
      return plain(CUDA_R_32F, CUBLASLT_NUMERICAL_IMPL_FLAGS_FMA | sums_f32 |
                                   CUBLASLT_NUMERICAL_IMPL_FLAGS_INPUT_32F);
    case DType::tf32:
      return tf32();
    case DType::bf16:
      return plain(CUDA_R_16BF, never_emulated, "sm_80 or later");
    case DType::f16:
      return plain(CUDA_R_16F, never_emulated);
    case DType::f8_e4m3:
      return f8(CUDA_R_8F_E4M3);
    case DType::f8_e5m2:
      return f8(CUDA_R_8F_E5M2);
    case DType::mxfp8:
      return mxfp8();
    case DType::nvfp4:
      return nvfp4();
    case DType::int8:
      return int8();
    case DType::i32:
    case DType::u8:
    case DType::i64:
    case DType::u32:
    case DType::u64:
      break;
  }
  return std::nullopt;
}

bool has_scales(const Arithmetic& a) { return a.result == CUDA_R_16BF && a.left != CUDA_R_16BF; }

std::string why_not_laid_out(const Gemm& g, const Arithmetic& a) {
  if (g.k % a.k_multiple == 0 && g.n % a.n_multiple == 0) return {};
  return fmt::format(
      "cuBLASLt multiplies {} only where k is a multiple of {} and n of {}; here they are {} and "
      "{}",
      name_of(g.type), a.k_multiple, a.n_multiple, g.k, g.n);
}

std::string text_of(const Implementation& implementation) {
  const Flags flags = implementation.flags;
  if (flags == 0) return "not told";
  const std::string all = words_of(flags,
                                   {{CUBLASLT_NUMERICAL_IMPL_FLAGS_FMA, "fma"},
                                    {CUBLASLT_NUMERICAL_IMPL_FLAGS_HMMA, "hmma"},
                                    {CUBLASLT_NUMERICAL_IMPL_FLAGS_IMMA, "imma"},
                                    {CUBLASLT_NUMERICAL_IMPL_FLAGS_DMMA, "dmma"}},
                                   "") +
                          words_of(flags,
                                   {{CUBLASLT_NUMERICAL_IMPL_FLAGS_INPUT_16F, "f16"},
                                    {CUBLASLT_NUMERICAL_IMPL_FLAGS_INPUT_16BF, "bf16"},
                                    {CUBLASLT_NUMERICAL_IMPL_FLAGS_INPUT_TF32, "tf32"},
                                    {CUBLASLT_NUMERICAL_IMPL_FLAGS_INPUT_32F, "f32"},
                                    {CUBLASLT_NUMERICAL_IMPL_FLAGS_INPUT_64F, "f64"},
                                    {CUBLASLT_NUMERICAL_IMPL_FLAGS_INPUT_8I, "int8"},
                                    {CUBLASLT_NUMERICAL_IMPL_FLAGS_INPUT_8F_E4M3, "e4m3"},
                                    {CUBLASLT_NUMERICAL_IMPL_FLAGS_INPUT_8F_E5M2, "e5m2"}},
                                   " ") +
                          words_of(flags,
                                   {{CUBLASLT_NUMERICAL_IMPL_FLAGS_ACCUMULATOR_16F, "f16"},
                                    {CUBLASLT_NUMERICAL_IMPL_FLAGS_ACCUMULATOR_32F, "f32"},
                                    {CUBLASLT_NUMERICAL_IMPL_FLAGS_ACCUMULATOR_64F, "f64"},
                                    {CUBLASLT_NUMERICAL_IMPL_FLAGS_ACCUMULATOR_32I, "i32"}},
                                   ", sums ");
  return all.empty() ? fmt::format("flags {:#x}", flags) : all;
}

bool is_native(const Implementation& implementation, const Arithmetic& arithmetic,
               bool is_emulation_wanted) {
  if (arithmetic.native == never_emulated) return true;
  const bool is_silent = implementation.flags == 0 || implementation.can_emulate;
  if (is_emulation_wanted && is_silent) return false;
  return (implementation.flags & ~arithmetic.native) == 0;
}

std::string wish_for_emulation() {
  std::string wishes;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view variable = *entry;
    const bool is_one = variable.starts_with("CUBLAS_EMULAT");
    if (!is_one || variable.ends_with("=0") || variable.ends_with('=')) continue;
    wishes += (wishes.empty() ? "" : ", ") + std::string(variable.substr(0, variable.find('=')));
  }
  return wishes;
}

}  // namespace shortfall::cuda
