#include "backends/cuda/cublaslt.hpp"

#include <dlfcn.h>
#include <fmt/format.h>

#include <cstdlib>

namespace shortfall::cuda {
namespace {

// 130100 is 13.1.0
std::string version_text(std::size_t version) {
  return fmt::format("{}.{}.{}", version / 10000, version % 10000 / 100, version % 100);
}

std::string places() {
  return fmt::format(
      "Looked for in LD_LIBRARY_PATH ({}) and in the linker's own places; toolkits put it into "
      "lib64, Python wheels into nvidia/cu{}/lib",
      std::getenv("LD_LIBRARY_PATH") == nullptr ? "not set" : "set", CUBLAS_VER_MAJOR);
}

// The version that this program was built with goes first; another one is opened to be named.
void* library() {
  const std::string wanted = fmt::format("libcublasLt.so.{}", CUBLAS_VER_MAJOR);
  std::string answers;
  for (const std::string& name : {wanted, std::string("libcublasLt.so"),
                                  fmt::format("libcublasLt.so.{}", CUBLAS_VER_MAJOR - 1)}) {
    if (void* const opened = dlopen(name.c_str(), RTLD_NOW | RTLD_LOCAL)) return opened;
    if (answers.empty()) answers = dlerror();
  }
  throw Refusal{fmt::format("cuBLASLt is not here: {}. {}", answers, places())};
}

template <class Function>
void find(void* library, const char* name, Function& function) {
  function = reinterpret_cast<Function>(dlsym(library, name));
  if (function == nullptr) throw Refusal{fmt::format("this cuBLASLt has no {}", name)};
}

}  // namespace

std::string CublasLt::name() const { return "cuBLASLt " + version_text(version_number()); }

std::string CublasLt::answer(cublasStatus_t status) const {
  return fmt::format("{} ({})", status_name(status), status_text(status));
}

void CublasLt::fail(cublasStatus_t status, const std::string& doing) const {
  if (is_refusal(status)) throw Refusal{fmt::format("{}: {}", name(), answer(status))};
  if (status == CUBLAS_STATUS_ALLOC_FAILED) throw OutOfMemory(doing, answer(status));
  throw Error(doing, answer(status));
}

CublasLt open_cublaslt() {
  void* const opened = library();
  CublasLt lt{};
  find(opened, "cublasLtGetVersion", lt.version_number);
  if (lt.version_number() / 10000 != CUBLAS_VER_MAJOR) {
    throw Refusal{fmt::format("{} was found, this build needs {}.x. {}", lt.name(),
                              CUBLAS_VER_MAJOR, places())};
  }
  find(opened, "cublasLtCreate", lt.create);
  find(opened, "cublasLtDestroy", lt.destroy);
  find(opened, "cublasLtGetStatusName", lt.status_name);
  find(opened, "cublasLtGetStatusString", lt.status_text);
  find(opened, "cublasLtMatmulDescCreate", lt.create_product);
  find(opened, "cublasLtMatmulDescDestroy", lt.destroy_product);
  find(opened, "cublasLtMatmulDescSetAttribute", lt.set_of_product);
  find(opened, "cublasLtMatrixLayoutCreate", lt.create_matrix);
  find(opened, "cublasLtMatrixLayoutDestroy", lt.destroy_matrix);
  find(opened, "cublasLtMatrixLayoutSetAttribute", lt.set_of_matrix);
  find(opened, "cublasLtMatmulPreferenceCreate", lt.create_preference);
  find(opened, "cublasLtMatmulPreferenceDestroy", lt.destroy_preference);
  find(opened, "cublasLtMatmulPreferenceSetAttribute", lt.set_of_preference);
  find(opened, "cublasLtMatmulAlgoGetHeuristic", lt.algorithms_for);
  find(opened, "cublasLtMatmulAlgoCapGetAttribute", lt.capability);
  find(opened, "cublasLtMatmulAlgoConfigGetAttribute", lt.configuration);
  find(opened, "cublasLtMatmul", lt.multiply);
  return lt;
}

}  // namespace shortfall::cuda
