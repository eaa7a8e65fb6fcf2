// The double's handles, and the call that multiplies.
#include <chrono>
#include <cstring>
#include <thread>

#include "tests/double/cublaslt.hpp"
#include "tests/double/runtime.hpp"

namespace lt = shortfall::cublaslt_double;

struct cublasLtContext {
  int nothing = 0;
};

namespace shortfall::cublaslt_double {
namespace {

template <class Described, class Handle>
Described& at(Handle handle) {
  return *reinterpret_cast<Described*>(handle);
}

// Bytes of one attribute, of exactly the size that it has.
template <class Field>
cublasStatus_t take(Field& field, const void* from, std::size_t size) {
  if (size != sizeof field) return CUBLAS_STATUS_INVALID_VALUE;
  std::memcpy(&field, from, size);
  return CUBLAS_STATUS_SUCCESS;
}

double factor_of(const void* alpha, cudaDataType_t type) {
  if (type == CUDA_R_64F) return *static_cast<const double*>(alpha);
  if (type == CUDA_R_32I) return *static_cast<const std::int32_t*>(alpha);
  return static_cast<double>(*static_cast<const float*>(alpha));
}

}  // namespace

const Product& of(cublasLtMatmulDesc_t product) { return at<Product>(product); }
const Matrix& of(cublasLtMatrixLayout_t matrix) { return at<Matrix>(matrix); }
const Preference& of(cublasLtMatmulPreference_t preference) { return at<Preference>(preference); }

}  // namespace shortfall::cublaslt_double

cublasStatus_t cublasLtCreate(cublasLtHandle_t* handle) {
  *handle = new cublasLtContext;
  return CUBLAS_STATUS_SUCCESS;
}

cublasStatus_t cublasLtDestroy(cublasLtHandle_t handle) {
  delete handle;
  return CUBLAS_STATUS_SUCCESS;
}

size_t cublasLtGetVersion() {
  return static_cast<std::size_t>(lt::setting("version", CUBLAS_VERSION));
}

const char* cublasLtGetStatusName(cublasStatus_t status) {
  if (status == CUBLAS_STATUS_NOT_SUPPORTED) return "CUBLAS_STATUS_NOT_SUPPORTED";
  return status == CUBLAS_STATUS_INVALID_VALUE ? "CUBLAS_STATUS_INVALID_VALUE"
                                               : "CUBLAS_STATUS_EXECUTION_FAILED";
}

const char* cublasLtGetStatusString(cublasStatus_t) { return "an answer of the double"; }

cublasStatus_t cublasLtMatmulDescCreate(cublasLtMatmulDesc_t* made, cublasComputeType_t compute,
                                        cudaDataType_t factor) {
  *made = reinterpret_cast<cublasLtMatmulDesc_t>(new lt::Product{compute, factor});
  return CUBLAS_STATUS_SUCCESS;
}

cublasStatus_t cublasLtMatmulDescDestroy(cublasLtMatmulDesc_t product) {
  delete &lt::at<lt::Product>(product);
  return CUBLAS_STATUS_SUCCESS;
}

cublasStatus_t cublasLtMatmulDescSetAttribute(cublasLtMatmulDesc_t handle,
                                              cublasLtMatmulDescAttributes_t attribute,
                                              const void* value, size_t size) {
  auto& product = lt::at<lt::Product>(handle);
  switch (attribute) {
    case CUBLASLT_MATMUL_DESC_TRANSA:
      return lt::take(product.transposes_left, value, size);
    case CUBLASLT_MATMUL_DESC_FAST_ACCUM:
      return lt::take(product.fast, value, size);
    case CUBLASLT_MATMUL_DESC_A_SCALE_POINTER:
      return lt::take(product.scales[0], value, size);
    case CUBLASLT_MATMUL_DESC_B_SCALE_POINTER:
      return lt::take(product.scales[1], value, size);
    case CUBLASLT_MATMUL_DESC_A_SCALE_MODE:
      return lt::take(product.modes[0], value, size);
    case CUBLASLT_MATMUL_DESC_B_SCALE_MODE:
      return lt::take(product.modes[1], value, size);
    default:
      return CUBLAS_STATUS_INVALID_VALUE;
  }
}

cublasStatus_t cublasLtMatrixLayoutCreate(cublasLtMatrixLayout_t* made, cudaDataType type,
                                          uint64_t rows, uint64_t columns, int64_t leading) {
  *made = reinterpret_cast<cublasLtMatrixLayout_t>(new lt::Matrix{type, rows, columns, leading});
  return CUBLAS_STATUS_SUCCESS;
}

cublasStatus_t cublasLtMatrixLayoutDestroy(cublasLtMatrixLayout_t matrix) {
  delete &lt::at<lt::Matrix>(matrix);
  return CUBLAS_STATUS_SUCCESS;
}

cublasStatus_t cublasLtMatrixLayoutSetAttribute(cublasLtMatrixLayout_t handle,
                                                cublasLtMatrixLayoutAttribute_t attribute,
                                                const void* value, size_t size) {
  auto& matrix = lt::at<lt::Matrix>(handle);
  if (attribute == CUBLASLT_MATRIX_LAYOUT_BATCH_COUNT) return lt::take(matrix.batch, value, size);
  if (attribute != CUBLASLT_MATRIX_LAYOUT_STRIDED_BATCH_OFFSET) return CUBLAS_STATUS_INVALID_VALUE;
  return lt::take(matrix.stride, value, size);
}

cublasStatus_t cublasLtMatmulPreferenceCreate(cublasLtMatmulPreference_t* made) {
  *made = reinterpret_cast<cublasLtMatmulPreference_t>(new lt::Preference);
  return CUBLAS_STATUS_SUCCESS;
}

cublasStatus_t cublasLtMatmulPreferenceDestroy(cublasLtMatmulPreference_t preference) {
  delete &lt::at<lt::Preference>(preference);
  return CUBLAS_STATUS_SUCCESS;
}

cublasStatus_t cublasLtMatmulPreferenceSetAttribute(cublasLtMatmulPreference_t handle,
                                                    cublasLtMatmulPreferenceAttributes_t attribute,
                                                    const void* value, size_t size) {
  auto& preference = lt::at<lt::Preference>(handle);
  switch (attribute) {
    case CUBLASLT_MATMUL_PREF_MAX_WORKSPACE_BYTES:
      return lt::take(preference.workspace, value, size);
    case CUBLASLT_MATMUL_PREF_IMPL_MASK:
      return lt::take(preference.mask, value, size);
    case CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_A_BYTES:
      return lt::take(preference.alignments[0], value, size);
    case CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_B_BYTES:
      return lt::take(preference.alignments[1], value, size);
    case CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_C_BYTES:
      return lt::take(preference.alignments[2], value, size);
    case CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_D_BYTES:
      return lt::take(preference.alignments[3], value, size);
    default:
      return CUBLAS_STATUS_INVALID_VALUE;
  }
}

cublasStatus_t cublasLtMatmul(cublasLtHandle_t, cublasLtMatmulDesc_t operation, const void* alpha,
                              const void* left, cublasLtMatrixLayout_t left_is, const void* right,
                              cublasLtMatrixLayout_t right_is, const void*, const void*,
                              cublasLtMatrixLayout_t, void* result,
                              cublasLtMatrixLayout_t result_is,
                              const cublasLtMatmulAlgo_t* algorithm, void* workspace,
                              size_t workspace_bytes, cudaStream_t stream) {
  const lt::Work work{lt::of(operation),
                      {lt::of(left_is), lt::of(right_is), lt::of(result_is)},
                      lt::factor_of(alpha, lt::of(operation).factor),
                      static_cast<const std::uint8_t*>(left),
                      static_cast<const std::uint8_t*>(right),
                      static_cast<std::uint8_t*>(result)};
  const auto number = static_cast<long>(algorithm->data[0]);
  if (number < lt::setting("refused", 0)) return CUBLAS_STATUS_NOT_SUPPORTED;
  if (lt::setting("broken")) return CUBLAS_STATUS_EXECUTION_FAILED;
  const cublasStatus_t status = lt::judge(work.product, work.matrices);
  if (status != CUBLAS_STATUS_SUCCESS) return status;
  const bool needs_workspace = number == 0;
  if (needs_workspace && (workspace == nullptr || workspace_bytes == 0)) {
    return CUBLAS_STATUS_INVALID_VALUE;
  }
  const std::chrono::microseconds longer(lt::setting("step_us", 0) *
                                         std::labs(number - lt::setting("fastest", 0)));
  shortfall::cuda_double::enqueue(stream, [=] {
    if (longer.count() > 0) std::this_thread::sleep_for(longer);
    lt::multiply(work);
  });
  return CUBLAS_STATUS_SUCCESS;
}
