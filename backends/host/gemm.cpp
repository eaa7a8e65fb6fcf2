#include "backends/host/gemm.hpp"

#include "backends/call.hpp"
#include "backends/host/blas.hpp"
#include "backends/host/onednn.hpp"

namespace shortfall {
namespace {

Preparation prepare_blas_gemm(const Gemm& gemm, Operands& on, int threads) {
  std::optional<Blas> blas = start_blas(threads);
  if (!blas) {
    return Unsupported{
        "this build has no BLAS, which would multiply f64: install libblis-dev or libopenblas-dev "
        "and configure again"};
  }
  Details details{{"implementation", blas->implementation}, {"threads", std::to_string(threads)}};
  details.insert(details.end(), blas->details.begin(), blas->details.end());
  return prepared_call(
      [gemm, multiply = blas->multiply, c = static_cast<double*>(on.output->address()),
       a = static_cast<const double*>(on.inputs.at(0)->address()),
       b = static_cast<const double*>(on.inputs.at(1)->address())](Stream&) {
        for (std::int64_t i = 0; i < gemm.batch; ++i) {
          multiply(gemm, a + i * gemm.m * gemm.k, b + i * gemm.k * gemm.n, c + i * gemm.m * gemm.n);
        }
      },
      std::move(details));
}

}  // namespace

Preparation prepare_gemm(const Gemm& gemm, Operands& on, int threads) {
  switch (gemm.type) {
    case DType::f64:
      return prepare_blas_gemm(gemm, on, threads);
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
