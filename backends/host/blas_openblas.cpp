// f64 products by OpenBLAS.
#include <cblas.h>

#include "backends/host/blas.hpp"

namespace shortfall {
namespace {

void multiply(const Gemm& gemm, const double* a, const double* b, double* c) {
  const auto m = static_cast<blasint>(gemm.m), n = static_cast<blasint>(gemm.n),
             k = static_cast<blasint>(gemm.k);
  cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, m, n, k, 1, a, k, b, n, 0, c, n);
}

// "OpenBLAS 0.3.21, SkylakeX": the core that it took this one for decides its speed, and
// OPENBLAS_CORETYPE overrides it.
std::string implementation() {
  const std::string config = openblas_get_config();  // "OpenBLAS 0.3.21 NO_LAPACKE ..."
  const auto version_end = config.find(' ', config.find(' ') + 1);
  return config.substr(0, version_end) + ", " + openblas_get_corename();
}

}  // namespace

std::optional<Blas> start_blas(int threads) {
  openblas_set_num_threads(threads);
  return Blas{implementation(), {}, multiply};
}

Details blas_details() { return {{"blas", implementation()}}; }

}  // namespace shortfall
