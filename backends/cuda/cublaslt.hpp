// cuBLASLt, opened when it is first needed: the program runs on machines that do not have it.
#pragma once

#include <cublasLt.h>

#include <memory>
#include <string>

#include "backends/cuda/error.hpp"

namespace shortfall::cuda {

// A library's no, in words: the case is skipped with it.
struct Refusal {
  std::string reason;
};

struct CublasLt {
  decltype(&cublasLtCreate) create;
  decltype(&cublasLtDestroy) destroy;
  decltype(&cublasLtGetStatusName) status_name;
  decltype(&cublasLtGetStatusString) status_text;
  decltype(&cublasLtGetVersion) version_number;
  decltype(&cublasLtMatmulDescCreate) create_product;
  decltype(&cublasLtMatmulDescDestroy) destroy_product;
  decltype(&cublasLtMatmulDescSetAttribute) set_of_product;
  decltype(&cublasLtMatrixLayoutCreate) create_matrix;
  decltype(&cublasLtMatrixLayoutDestroy) destroy_matrix;
  decltype(&cublasLtMatrixLayoutSetAttribute) set_of_matrix;
  decltype(&cublasLtMatmulPreferenceCreate) create_preference;
  decltype(&cublasLtMatmulPreferenceDestroy) destroy_preference;
  decltype(&cublasLtMatmulPreferenceSetAttribute) set_of_preference;
  decltype(&cublasLtMatmulAlgoGetHeuristic) algorithms_for;
  decltype(&cublasLtMatmulAlgoCapGetAttribute) capability;
  decltype(&cublasLtMatmulAlgoConfigGetAttribute) configuration;
  decltype(&cublasLtMatmul) multiply;

  std::string name() const;  // "cuBLASLt 13.1.0"
  // "CUBLAS_STATUS_NOT_SUPPORTED (the requested functionality is not supported)"
  std::string answer(cublasStatus_t status) const;

  // Throws Refusal where the library or this GPU does not do it, OutOfMemory, or Error. `doing`
  // returns text and is called only then.
  template <std::invocable Message>
  void check(cublasStatus_t status, Message doing) const {
    if (status != CUBLAS_STATUS_SUCCESS) [[unlikely]]
      fail(status, doing());
  }
  void check(cublasStatus_t status, const char* doing) const {
    check(status, [doing] { return std::string(doing); });
  }

 private:
  [[noreturn]] void fail(cublasStatus_t status, const std::string& doing) const;
};

// Whether a status says that something is not done, rather than that it went wrong.
constexpr bool is_refusal(cublasStatus_t status) {
  return status == CUBLAS_STATUS_NOT_SUPPORTED || status == CUBLAS_STATUS_ARCH_MISMATCH;
}

// Throws Refusal, with what was looked for, if it is not here or of another major version than this
// program was built with.
CublasLt open_cublaslt();

using ProductDescription =
    std::unique_ptr<cublasLtMatmulDescOpaque_t, decltype(&cublasLtMatmulDescDestroy)>;
using MatrixDescription =
    std::unique_ptr<cublasLtMatrixLayoutOpaque_t, decltype(&cublasLtMatrixLayoutDestroy)>;
using PreferenceDescription =
    std::unique_ptr<cublasLtMatmulPreferenceOpaque_t, decltype(&cublasLtMatmulPreferenceDestroy)>;

}  // namespace shortfall::cuda
