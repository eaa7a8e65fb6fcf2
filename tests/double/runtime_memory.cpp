// The double's functions of memory.
#include <cstdlib>
#include <cstring>

#include "tests/double/runtime_state.hpp"
#include "tests/double/shared_memory.hpp"

using shortfall::cuda_double::answer;
using shortfall::cuda_double::arriving;
using shortfall::cuda_double::enqueue;
using shortfall::cuda_double::is_visible;
using shortfall::cuda_double::make_invisible;
using shortfall::cuda_double::make_visible;
using shortfall::cuda_double::settings;
using shortfall::cuda_double::SharedMemory;
using shortfall::cuda_double::state;
using shortfall::cuda_double::wait_for_all;

namespace {

void* allocate(std::size_t size) {
  void* const address = std::aligned_alloc(256, (size + 255) / 256 * 256);
  if (address == nullptr) return nullptr;
  std::memset(address, 0xcd, size);  // what nobody has written
  make_visible(address, {size});
  return address;
}

// The driver copies what it does not see with the help of the calling thread, which waits.
bool is_pageable(const void* to, const void* from) { return !is_visible(to) || !is_visible(from); }

}  // namespace

cudaError_t cudaMalloc(void** address, std::size_t size) {
  const cudaError_t status = answer("cudaMalloc");
  if (status != cudaSuccess) return status;
  auto& s = state();
  {
    const std::scoped_lock lock(s.mutex);
    if (s.used + size > settings().memory) return cudaErrorMemoryAllocation;
    s.used += size;
  }
  *address = settings().shares ? SharedMemory::create(size) : allocate(size);
  const std::scoped_lock lock(s.mutex);
  if (*address == nullptr) {
    s.used -= size;
    return cudaErrorMemoryAllocation;
  }
  s.allocations[*address] = size;
  return cudaSuccess;
}

cudaError_t cudaFree(void* address) {
  const cudaError_t status = answer("cudaFree");
  if (address == nullptr) return status;
  wait_for_all();
  auto& s = state();
  {
    const std::scoped_lock lock(s.mutex);
    const auto found = s.allocations.find(address);
    if (found == s.allocations.end()) return cudaErrorInvalidValue;
    s.used -= found->second;
    s.allocations.erase(found);
  }
  make_invisible(address);
  if (!SharedMemory::forget(address)) std::free(address);
  return status;
}

cudaError_t cudaHostAlloc(void** address, std::size_t size, unsigned) {
  const cudaError_t status = answer("cudaHostAlloc");
  if (status != cudaSuccess) return status;
  *address = allocate(size);
  return *address == nullptr ? cudaErrorMemoryAllocation : cudaSuccess;
}

cudaError_t cudaFreeHost(void* address) {
  make_invisible(address);
  std::free(address);
  return cudaSuccess;
}

cudaError_t cudaHostRegister(void* address, std::size_t size, unsigned) {
  const cudaError_t status = answer("cudaHostRegister");
  if (status == cudaSuccess) make_visible(address, {size});
  return status;
}

cudaError_t cudaHostUnregister(void* address) {
  wait_for_all();
  make_invisible(address);
  return answer("cudaHostUnregister");
}

// Within the device it is only begun, on a stream that no other one waits for.
cudaError_t cudaMemcpy(void* to, const void* from, std::size_t size, cudaMemcpyKind kind) {
  const cudaError_t status = answer("cudaMemcpy");
  if (status != cudaSuccess) return status;
  if (kind != cudaMemcpyDeviceToDevice) {
    std::memmove(to, from, size);
    return status;
  }
  static cudaStream_t legacy = [] {
    cudaStream_t made = nullptr;
    cudaStreamCreateWithFlags(&made, 0);
    return made;
  }();
  enqueue(legacy, [=] {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    std::memmove(to, from, size);
  });
  return status;
}

cudaError_t cudaMemcpyAsync(void* to, const void* from, std::size_t size, cudaMemcpyKind,
                            cudaStream_t stream) {
  const cudaError_t status = answer("cudaMemcpyAsync");
  if (status != cudaSuccess) return status;
  enqueue(stream, [=] { std::memmove(to, from, arriving(to, size)); });
  if (!stream->capture && is_pageable(to, from)) stream->wait();
  return cudaSuccess;
}

cudaError_t cudaMemset(void* to, int value, std::size_t size) {
  const cudaError_t status = answer("cudaMemset");
  if (status == cudaSuccess) std::memset(to, value, size);
  return status;
}
