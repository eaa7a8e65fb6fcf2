// f64 products by BLIS.
#include <blis.h>

#include <cstdlib>

#include "backends/host/blas.hpp"

namespace shortfall {
namespace {

void multiply(const Gemm& gemm, const double* a, const double* b, double* c) {
  const auto m = static_cast<f77_int>(gemm.m), n = static_cast<f77_int>(gemm.n),
             k = static_cast<f77_int>(gemm.k);
  cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, m, n, k, 1, a, k, b, n, 0, c, n);
}

// BLIS before 1.0 takes processors with AVX-512 that it does not know for something older: Zen 4
// and 5 for "generic" (six times slower), virtual Xeons for "haswell" (twice). The kernels of
// Skylake run on all of them.
bool prefer_avx512() {
  constexpr const char* variable = "BLIS_ARCH_TYPE";
  const bool is_old = std::string_view(bli_info_get_version_str()).starts_with("0.");
  const bool has_avx512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
                          __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl");
  if (!is_old || !has_avx512 || std::getenv(variable) != nullptr) return false;
  setenv(variable, "skx", 0);
  return true;
}

// What can be decided only before its first call.
Details initialize() {
  const bool is_set = prefer_avx512();
  bli_init();
  if (!is_set) return {};
  return {
      {"BLIS_ARCH_TYPE", "skx, set by shortfall: this version knows no later AVX-512 processor"}};
}

// As initialize() answered at its first call.
const Details& once_initialized() {
  static const Details details = initialize();
  return details;
}

std::string implementation() {
  return std::string("BLIS ") + bli_info_get_version_str() + ", " +
         bli_arch_string(bli_arch_query_id());
}

}  // namespace

std::optional<Blas> start_blas(int threads) {
  const Details& details = once_initialized();
  bli_thread_set_num_threads(threads);
  return Blas{implementation(), details, multiply};
}

Details blas_details() {
  once_initialized();
  return {{"blas", implementation()}};
}

}  // namespace shortfall
