// The double's CUDA IPC: handles of memory that another process opens.
#include <cstring>

#include "tests/double/runtime_state.hpp"
#include "tests/double/shared_memory.hpp"

using shortfall::cuda_double::answer;
using shortfall::cuda_double::make_invisible;
using shortfall::cuda_double::SharedMemory;
using shortfall::cuda_double::wait_for_all;

static_assert(sizeof(SharedMemory::Handle) <= sizeof(cudaIpcMemHandle_t));

// Of the beginning of an allocation alone.
cudaError_t cudaIpcGetMemHandle(cudaIpcMemHandle_t* handle, void* address) {
  const cudaError_t status = answer("cudaIpcGetMemHandle");
  if (status != cudaSuccess) return status;
  const auto shared = SharedMemory::handle_of(address);
  if (shared.file < 0) return cudaErrorInvalidValue;
  std::memcpy(handle, &shared, sizeof shared);
  return cudaSuccess;
}

cudaError_t cudaIpcOpenMemHandle(void** address, cudaIpcMemHandle_t handle, unsigned) {
  const cudaError_t status = answer("cudaIpcOpenMemHandle");
  if (status != cudaSuccess) return status;
  SharedMemory::Handle shared;
  std::memcpy(static_cast<void*>(&shared), handle.reserved, sizeof shared);
  *address = SharedMemory::open(shared);
  return *address == nullptr ? cudaErrorMapBufferObjectFailed : cudaSuccess;
}

cudaError_t cudaIpcCloseMemHandle(void* address) {
  wait_for_all();
  make_invisible(address);
  SharedMemory::forget(address);
  return answer("cudaIpcCloseMemHandle");
}
