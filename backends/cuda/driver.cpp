#include "backends/cuda/driver.hpp"

#include <cuda_runtime_api.h>

namespace shortfall::cuda {

void* driver_function(const char* name, unsigned version) {
  void* found = nullptr;
  cudaDriverEntryPointQueryResult answer{};
  const cudaError_t status =
      cudaGetDriverEntryPointByVersion(name, &found, version, cudaEnableDefault, &answer);
  if (status != cudaSuccess) cudaGetLastError();
  return status == cudaSuccess && answer == cudaDriverEntryPointSuccess ? found : nullptr;
}

}  // namespace shortfall::cuda
