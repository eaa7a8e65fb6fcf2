#include "backends/cuda/product_plan.hpp"

#include <fmt/format.h>

#include <array>
#include <bit>

namespace shortfall::cuda {
namespace {

constexpr std::uint64_t any_implementation = ~std::uint64_t{0};

// One and zero in the type of the factors: C = 1 A B + 0 C.
struct Factors {
  double f64;
  float f32;
  std::int32_t i32;
  const void* of(cudaDataType_t type) const {
    if (type == CUDA_R_64F) return &f64;
    if (type == CUDA_R_32I) return &i32;
    return &f32;
  }
};
constexpr Factors one{1, 1, 1}, zero{0, 0, 0};

}  // namespace

std::uint32_t alignment_of(const void* address) {
  const auto number = reinterpret_cast<std::uintptr_t>(address);
  return std::uint32_t{1} << std::countr_zero(static_cast<std::uint32_t>(number | 256));
}

ProductPlan::ProductPlan(const CublasLt& library, cublasLtHandle_t handle, const Gemm& gemm,
                         const Arithmetic& arithmetic, const ProductMemory& memory)
    : library_(library),
      handle_(handle),
      gemm_(gemm),
      arithmetic_(arithmetic),
      memory_(memory),
      product_(nullptr, library.destroy_product),
      left_(nullptr, library.destroy_matrix),
      right_(nullptr, library.destroy_matrix),
      result_(nullptr, library.destroy_matrix) {
  cublasLtMatmulDesc_t product = nullptr;
  library_.check(library_.create_product(&product, arithmetic.compute, arithmetic.factor),
                 "describe a product to cuBLASLt");
  product_.reset(product);
  describe();
}

// The library counts by columns, where our rows are columns: C' = B' A', whose memory is that of
// C = A B.
void ProductPlan::describe() {
  const Gemm& g = gemm_;
  left_ = arithmetic_.is_transposed ? matrix(arithmetic_.right, g.k, g.n)
                                    : matrix(arithmetic_.right, g.n, g.k);
  right_ = matrix(arithmetic_.left, g.k, g.m);
  result_ = matrix(arithmetic_.result, g.n, g.m);
  if (arithmetic_.is_transposed) {
    set(CUBLASLT_MATMUL_DESC_TRANSA, static_cast<std::int32_t>(CUBLAS_OP_T));
  }
  if (!has_scales(arithmetic_)) return;
  set(CUBLASLT_MATMUL_DESC_FAST_ACCUM, std::int8_t{0});
  set(CUBLASLT_MATMUL_DESC_A_SCALE_POINTER, memory_.scales_of_b);
  set(CUBLASLT_MATMUL_DESC_B_SCALE_POINTER, memory_.scales_of_a);
  if (arithmetic_.block == 0) return;
  set(CUBLASLT_MATMUL_DESC_A_SCALE_MODE, static_cast<std::int32_t>(arithmetic_.scales));
  set(CUBLASLT_MATMUL_DESC_B_SCALE_MODE, static_cast<std::int32_t>(arithmetic_.scales));
}

MatrixDescription ProductPlan::matrix(cudaDataType_t type, std::int64_t rows,
                                      std::int64_t columns) const {
  constexpr const char* doing = "describe a matrix to cuBLASLt";
  cublasLtMatrixLayout_t made = nullptr;
  library_.check(library_.create_matrix(&made, type, static_cast<std::uint64_t>(rows),
                                        static_cast<std::uint64_t>(columns), rows),
                 doing);
  MatrixDescription matrix(made, library_.destroy_matrix);
  if (gemm_.batch == 1) return matrix;
  const auto count = static_cast<std::int32_t>(gemm_.batch);
  const std::int64_t stride = rows * columns;
  library_.check(
      library_.set_of_matrix(made, CUBLASLT_MATRIX_LAYOUT_BATCH_COUNT, &count, sizeof count),
      doing);
  library_.check(library_.set_of_matrix(made, CUBLASLT_MATRIX_LAYOUT_STRIDED_BATCH_OFFSET, &stride,
                                        sizeof stride),
                 doing);
  return matrix;
}

template <class Value>
void ProductPlan::set(cublasLtMatmulDescAttributes_t attribute, const Value& value) const {
  library_.check(library_.set_of_product(product_.get(), attribute, &value, sizeof value), [=] {
    return fmt::format("set attribute {} of a product", static_cast<int>(attribute));
  });
}

template <class Value>
void ProductPlan::set(const PreferenceDescription& on,
                      cublasLtMatmulPreferenceAttributes_t attribute, const Value& value) const {
  library_.check(library_.set_of_preference(on.get(), attribute, &value, sizeof value), [=] {
    return fmt::format("set preference {} of cuBLASLt", static_cast<int>(attribute));
  });
}

PreferenceDescription ProductPlan::preference(std::uint64_t implementations) const {
  cublasLtMatmulPreference_t made = nullptr;
  library_.check(library_.create_preference(&made), "tell cuBLASLt what is preferred");
  PreferenceDescription preference(made, library_.destroy_preference);
  set(preference, CUBLASLT_MATMUL_PREF_MAX_WORKSPACE_BYTES,
      static_cast<std::uint64_t>(memory_.workspace_bytes));
  const std::uint32_t of_result = alignment_of(memory_.c);
  set(preference, CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_A_BYTES, alignment_of(memory_.b));
  set(preference, CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_B_BYTES, alignment_of(memory_.a));
  set(preference, CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_C_BYTES, of_result);
  set(preference, CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_D_BYTES, of_result);
  if (implementations != any_implementation) {
    set(preference, CUBLASLT_MATMUL_PREF_IMPL_MASK, implementations);
  }
  return preference;
}

// The mask is asked for only where it is needed: an algorithm of which the library says more than
// it should would be hidden by it.
std::vector<Algorithm> ProductPlan::algorithms() const {
  const std::string wish = wish_for_emulation();
  const auto is_emulated = [&](const Algorithm& algorithm) {
    return !is_native(algorithm.implementation, arithmetic_, !wish.empty());
  };
  std::vector<Algorithm> all = algorithms(any_implementation);
  const std::string first = shortfall::cuda::text_of(all.front().implementation);
  std::erase_if(all, is_emulated);
  if (!all.empty()) return all;
  try {
    all = algorithms(arithmetic_.native);
    std::erase_if(all, is_emulated);
  } catch (const Refusal&) {  // is said below, with the reason
    all.clear();
  }
  if (!all.empty()) return all;
  throw Refusal{
      fmt::format("{} multiplies {} here only by other arithmetic ({}), which is not what "
                  "is asked for{}",
                  library_.name(), name_of(gemm_.type), first,
                  wish.empty() ? "" : "; " + wish + " is set: unset it")};
}

std::vector<Algorithm> ProductPlan::algorithms(std::uint64_t implementations) const {
  constexpr int wanted = 16;
  std::array<cublasLtMatmulHeuristicResult_t, wanted> found{};
  const PreferenceDescription preferred = preference(implementations);
  int count = 0;
  const cublasStatus_t status =
      library_.algorithms_for(handle_, product_.get(), left_.get(), right_.get(), result_.get(),
                              result_.get(), preferred.get(), wanted, found.data(), &count);
  // Of some shapes and types that it does not multiply, the library says that the question is
  // wrong.
  if (status == CUBLAS_STATUS_INVALID_VALUE) {
    throw Refusal{fmt::format("{}: {}", library_.name(), library_.answer(status))};
  }
  library_.check(status, "ask cuBLASLt for algorithms");
  std::vector<Algorithm> all;
  cublasStatus_t answer = CUBLAS_STATUS_NOT_SUPPORTED;
  for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) {
    const cublasLtMatmulHeuristicResult_t& result = found.at(i);
    if (result.state != CUBLAS_STATUS_SUCCESS) {
      answer = result.state;
    } else if (result.workspaceSize <= memory_.workspace_bytes) {
      all.push_back(
          {result.algo, implementation_of(result.algo), result.workspaceSize, result.wavesCount});
    }
  }
  if (all.empty()) library_.check(answer, "ask cuBLASLt for algorithms");
  return all;
}

// What the library does not tell is left out.
Implementation ProductPlan::implementation_of(const cublasLtMatmulAlgo_t& algorithm) const {
  const auto ask = [&](cublasLtMatmulAlgoCapAttributes_t which, auto& value) {
    std::size_t written = 0;
    const auto status = library_.capability(&algorithm, which, &value, sizeof value, &written);
    if (status != CUBLAS_STATUS_SUCCESS || written != sizeof value) value = 0;
  };
  Implementation implementation;
  std::int32_t emulates = 0;
  ask(CUBLASLT_ALGO_CAP_NUMERICAL_IMPL_FLAGS, implementation.flags);
  ask(CUBLASLT_ALGO_CAP_FLOATING_POINT_EMULATION_SUPPORT, emulates);
  implementation.can_emulate = emulates != 0;
  return implementation;
}

cublasStatus_t ProductPlan::multiply(const Algorithm& by, cudaStream_t stream) const {
  return library_.multiply(handle_, product_.get(), one.of(arithmetic_.factor), memory_.b,
                           left_.get(), memory_.a, right_.get(), zero.of(arithmetic_.factor),
                           memory_.c, result_.get(), memory_.c, result_.get(), &by.algorithm,
                           memory_.workspace, memory_.workspace_bytes, stream);
}

std::string ProductPlan::text_of(const Algorithm& algorithm) const {
  struct Part {
    cublasLtMatmulAlgoConfigAttributes_t attribute;
    const char* name;
    std::size_t size = 4;
  };
  std::string text;
  for (const auto& [attribute, name, size] :
       {Part{CUBLASLT_ALGO_CONFIG_ID, "id"}, Part{CUBLASLT_ALGO_CONFIG_TILE_ID, "tile"},
        Part{CUBLASLT_ALGO_CONFIG_STAGES_ID, "stages"},
        Part{CUBLASLT_ALGO_CONFIG_SPLITK_NUM, "split_k"},
        Part{CUBLASLT_ALGO_CONFIG_REDUCTION_SCHEME, "reduction"},
        Part{CUBLASLT_ALGO_CONFIG_CTA_SWIZZLING, "swizzling"},
        Part{CUBLASLT_ALGO_CONFIG_CUSTOM_OPTION, "option"},
        Part{CUBLASLT_ALGO_CONFIG_INNER_SHAPE_ID, "inner", 2},
        Part{CUBLASLT_ALGO_CONFIG_CLUSTER_SHAPE_ID, "cluster", 2}}) {
    std::uint32_t value = 0;
    std::size_t written = 0;
    const auto status =
        library_.configuration(&algorithm.algorithm, attribute, &value, size, &written);
    if (status != CUBLAS_STATUS_SUCCESS || written == 0) continue;
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", name, value);
  }
  return text;
}

}  // namespace shortfall::cuda
