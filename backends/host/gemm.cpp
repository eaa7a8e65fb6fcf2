#include "backends/host/gemm.hpp"

#include "backends/host/blas.hpp"
#include "backends/host/onednn.hpp"
#include "backends/one_by_one.hpp"

namespace shortfall {

Preparation prepare_gemm(const Gemm& gemm, Operands& on, int threads, const Prepared* like) {
  if (gemm.skew) {
    return prepare_one_by_one(gemm, on, [threads](const Gemm& product, Operands& part) {
      return prepare_gemm(product, part, threads);
    });
  }
  switch (gemm.type) {
    case DType::f64:
      return prepare_blas_gemm(gemm, on, threads, like);
    case DType::f32:
    case DType::bf16:
    case DType::f16:
    case DType::int8:
      return prepare_onednn_gemm(gemm, on, threads);
    default:
      return Unsupported{"no library of the host multiplies matrices of " +
                         std::string(name_of(gemm.type))};
  }
}

}  // namespace shortfall
