// The double's functions that describe products, and that offer algorithms for them.
#include <cstdlib>
#include <cstring>
#include <sstream>

#include "tests/double/cublaslt.hpp"

namespace shortfall::cublaslt_double {
namespace {

bool is_multiple(std::int64_t number, std::int64_t of) { return number % of == 0; }

bool is_small(cudaDataType_t type) {
  return type == CUDA_R_8F_E4M3 || type == CUDA_R_8F_E5M2 || type == CUDA_R_4F_E2M1;
}

cublasStatus_t judge_small(const Product& product, const Matrices& m) {
  const bool lies_along_sums =
      product.transposes_left == CUBLAS_OP_T && product.transposes_right == CUBLAS_OP_N;
  const std::int64_t in_16_bytes = m.left.type == CUDA_R_4F_E2M1 ? 32 : 16;
  const bool is_aligned = is_multiple(m.left.leading, in_16_bytes) &&
                          is_multiple(m.right.leading, in_16_bytes) &&
                          is_multiple(m.result.leading, 8);
  const bool are_e5m2 = m.left.type == CUDA_R_8F_E5M2 && m.right.type == CUDA_R_8F_E5M2;
  const bool has_scales = product.scales[0] != nullptr && product.scales[1] != nullptr;
  const auto mode = product.modes[0];
  const bool is_of_blocks = mode != CUBLASLT_MATMUL_MATRIX_SCALE_SCALAR_32F;
  const bool needs_blocks = m.left.type == CUDA_R_4F_E2M1;
  if (!lies_along_sums || are_e5m2 || m.result.type != CUDA_R_16BF)
    return CUBLAS_STATUS_NOT_SUPPORTED;
  if (!is_aligned || !has_scales || product.modes[0] != product.modes[1]) {
    return CUBLAS_STATUS_INVALID_VALUE;
  }
  if (is_of_blocks && setting("sm", 90) < 100) return CUBLAS_STATUS_NOT_SUPPORTED;
  if (needs_blocks && mode != CUBLASLT_MATMUL_MATRIX_SCALE_VEC16_UE4M3) {
    return CUBLAS_STATUS_NOT_SUPPORTED;
  }
  return CUBLAS_STATUS_SUCCESS;
}

}  // namespace

std::optional<long> setting(const std::string& name) {
  const char* const text = std::getenv("SHORTFALL_CUBLASLT_DOUBLE");
  std::istringstream in(text != nullptr ? text : "");
  for (std::string entry; std::getline(in, entry, ';');) {
    if (entry.rfind(name + '=', 0) == 0) return std::stol(entry.substr(name.size() + 1));
  }
  return std::nullopt;
}

long setting(const std::string& name, long otherwise) { return setting(name).value_or(otherwise); }

cublasStatus_t judge(const Product& product, const Matrices& m) {
  if (setting("unsupported")) return CUBLAS_STATUS_NOT_SUPPORTED;
  const bool transposes = product.transposes_left == CUBLAS_OP_T;
  const bool fits = (transposes ? m.left.columns : m.left.rows) == m.result.rows &&
                    (transposes ? m.left.rows : m.left.columns) == m.right.rows &&
                    m.right.columns == m.result.columns;
  const bool has_leading = m.left.leading >= static_cast<std::int64_t>(m.left.rows) &&
                           m.right.leading >= static_cast<std::int64_t>(m.right.rows) &&
                           m.result.leading >= static_cast<std::int64_t>(m.result.rows);
  const bool are_alike = m.left.batch == m.right.batch && m.left.batch == m.result.batch;
  if (!fits || !has_leading || !are_alike) return CUBLAS_STATUS_INVALID_VALUE;
  if (is_small(m.left.type)) return judge_small(product, m);
  if (m.left.type == CUDA_R_8I) {
    const bool is_right = transposes && m.result.type == CUDA_R_32I &&
                          product.compute == CUBLAS_COMPUTE_32I && product.factor == CUDA_R_32I;
    const bool is_aligned = is_multiple(m.left.leading, 4) && is_multiple(m.result.leading, 4);
    return is_right && is_aligned ? CUBLAS_STATUS_SUCCESS : CUBLAS_STATUS_NOT_SUPPORTED;
  }
  const bool is_f64 = m.left.type == CUDA_R_64F;
  const bool is_right = m.left.type == m.right.type && m.left.type == m.result.type &&
                        is_f64 == (product.compute == CUBLAS_COMPUTE_64F) &&
                        product.factor == (is_f64 ? CUDA_R_64F : CUDA_R_32F);
  return is_right ? CUBLAS_STATUS_SUCCESS : CUBLAS_STATUS_NOT_SUPPORTED;
}

namespace {

// As many algorithms as are wanted at most; number i is in the first word of its description, the
// flags in the second.
constexpr int algorithms = 12;

std::uint64_t flags_of(const Product& product, const Matrices& m) {
  switch (m.left.type) {
    case CUDA_R_64F:
      return CUBLASLT_NUMERICAL_IMPL_FLAGS_DMMA | CUBLASLT_NUMERICAL_IMPL_FLAGS_ACCUMULATOR_64F |
             CUBLASLT_NUMERICAL_IMPL_FLAGS_INPUT_64F;
    case CUDA_R_32F:
      if (product.compute == CUBLAS_COMPUTE_32F) {
        return CUBLASLT_NUMERICAL_IMPL_FLAGS_FMA | CUBLASLT_NUMERICAL_IMPL_FLAGS_ACCUMULATOR_32F |
               CUBLASLT_NUMERICAL_IMPL_FLAGS_INPUT_32F;
      }
      return CUBLASLT_NUMERICAL_IMPL_FLAGS_HMMA | CUBLASLT_NUMERICAL_IMPL_FLAGS_ACCUMULATOR_32F |
             CUBLASLT_NUMERICAL_IMPL_FLAGS_INPUT_TF32;
    case CUDA_R_8I:
      return CUBLASLT_NUMERICAL_IMPL_FLAGS_IMMA | CUBLASLT_NUMERICAL_IMPL_FLAGS_ACCUMULATOR_32I |
             CUBLASLT_NUMERICAL_IMPL_FLAGS_INPUT_8I;
    case CUDA_R_16F:
      return CUBLASLT_NUMERICAL_IMPL_FLAGS_HMMA | CUBLASLT_NUMERICAL_IMPL_FLAGS_ACCUMULATOR_32F |
             CUBLASLT_NUMERICAL_IMPL_FLAGS_INPUT_16F;
    case CUDA_R_16BF:
      return CUBLASLT_NUMERICAL_IMPL_FLAGS_HMMA | CUBLASLT_NUMERICAL_IMPL_FLAGS_ACCUMULATOR_32F |
             CUBLASLT_NUMERICAL_IMPL_FLAGS_INPUT_16BF;
    default:
      return CUBLASLT_NUMERICAL_IMPL_FLAGS_HMMA | CUBLASLT_NUMERICAL_IMPL_FLAGS_ACCUMULATOR_32F |
             CUBLASLT_NUMERICAL_IMPL_FLAGS_INPUT_8F_E4M3;
  }
}

// By several of a smaller type.
constexpr std::uint64_t emulation = CUBLASLT_NUMERICAL_IMPL_FLAGS_IMMA |
                                    CUBLASLT_NUMERICAL_IMPL_FLAGS_ACCUMULATOR_16F |
                                    CUBLASLT_NUMERICAL_IMPL_FLAGS_INPUT_8I;

}  // namespace
}  // namespace shortfall::cublaslt_double

namespace lt = shortfall::cublaslt_double;

cublasStatus_t cublasLtMatmulAlgoGetHeuristic(cublasLtHandle_t, cublasLtMatmulDesc_t operation,
                                              cublasLtMatrixLayout_t left,
                                              cublasLtMatrixLayout_t right, cublasLtMatrixLayout_t,
                                              cublasLtMatrixLayout_t result,
                                              cublasLtMatmulPreference_t preference, int wanted,
                                              cublasLtMatmulHeuristicResult_t found[], int* count) {
  *count = 0;
  const lt::Matrices matrices{lt::of(left), lt::of(right), lt::of(result)};
  const cublasStatus_t status = lt::judge(lt::of(operation), matrices);
  if (status != CUBLAS_STATUS_SUCCESS) return status;
  for (int i = 0; i < lt::algorithms && *count < wanted; ++i) {
    std::uint64_t flags = lt::flags_of(lt::of(operation), matrices);
    if (i < lt::setting("emulated", 0)) flags = lt::emulation;
    if (lt::setting("silent")) flags = 0;
    if ((flags & ~lt::of(preference).mask) != 0) continue;
    cublasLtMatmulHeuristicResult_t& next = found[(*count)++];
    next = {};
    next.algo.data[0] = static_cast<std::uint64_t>(i);
    next.algo.data[1] = flags;
    next.workspaceSize = i == 0 ? lt::of(preference).workspace : 0;
    next.wavesCount = 0.5F * static_cast<float>(i + 1);
  }
  return *count > 0 ? CUBLAS_STATUS_SUCCESS : CUBLAS_STATUS_NOT_SUPPORTED;
}

cublasStatus_t cublasLtMatmulAlgoCapGetAttribute(const cublasLtMatmulAlgo_t* algorithm,
                                                 cublasLtMatmulAlgoCapAttributes_t attribute,
                                                 void* into, size_t size, size_t* written) {
  if (attribute != CUBLASLT_ALGO_CAP_NUMERICAL_IMPL_FLAGS || size != 8) {
    return CUBLAS_STATUS_INVALID_VALUE;
  }
  std::memcpy(into, &algorithm->data[1], size);
  *written = size;
  return CUBLAS_STATUS_SUCCESS;
}

cublasStatus_t cublasLtMatmulAlgoConfigGetAttribute(const cublasLtMatmulAlgo_t* algorithm,
                                                    cublasLtMatmulAlgoConfigAttributes_t attribute,
                                                    void* into, size_t size, size_t* written) {
  if (attribute != CUBLASLT_ALGO_CONFIG_ID) return CUBLAS_STATUS_NOT_SUPPORTED;
  std::memcpy(into, &algorithm->data[0], size);
  *written = size;
  return CUBLAS_STATUS_SUCCESS;
}
