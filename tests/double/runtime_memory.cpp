// The double's functions of devices and of memory.
#include <cstdlib>
#include <cstring>

#include "tests/double/runtime_state.hpp"

using shortfall::cuda_double::answer;
using shortfall::cuda_double::settings;
using shortfall::cuda_double::state;
using shortfall::cuda_double::wait_for_all;

namespace {

thread_local int current_device = 0;

cudaError_t if_there(int device) {
  return device >= 0 && device < settings().gpus ? cudaSuccess : cudaErrorInvalidDevice;
}

cudaError_t allocate(void** address, std::size_t size, bool is_counted) {
  auto& s = state();
  const std::scoped_lock lock(s.mutex);
  if (is_counted && s.used + size > settings().memory) return cudaErrorMemoryAllocation;
  *address = std::aligned_alloc(256, (size + 255) / 256 * 256);
  if (*address == nullptr) return cudaErrorMemoryAllocation;
  std::memset(*address, 0xcd, size);  // what nobody has written
  if (is_counted) {
    s.allocations[*address] = size;
    s.used += size;
  }
  return cudaSuccess;
}

}  // namespace

cudaError_t cudaDriverGetVersion(int* version) {
  *version = settings().driver;
  return cudaSuccess;
}

cudaError_t cudaRuntimeGetVersion(int* version) {
  *version = 13000;
  return cudaSuccess;
}

cudaError_t cudaGetDeviceCount(int* count) {
  *count = 0;
  if (settings().driver < 13000) return cudaErrorInsufficientDriver;
  if (settings().gpus == 0) return cudaErrorNoDevice;
  const cudaError_t status = answer("cudaGetDeviceCount");
  if (status == cudaSuccess) *count = settings().gpus;
  return status;
}

cudaError_t cudaSetDevice(int device) {
  const cudaError_t status = answer("cudaSetDevice");
  if (status != cudaSuccess) return status;
  current_device = device;
  return if_there(device);
}

cudaError_t cudaGetDevice(int* device) {
  *device = current_device;
  return cudaSuccess;
}

cudaError_t cudaGetDeviceProperties(cudaDeviceProp* prop, int device) {
  if (if_there(device) != cudaSuccess) return if_there(device);
  *prop = {};
  std::strncpy(prop->name, settings().name.c_str(), sizeof prop->name - 1);
  for (int i = 0; i < 16; ++i) prop->uuid.bytes[i] = static_cast<char>(16 * device + i);
  prop->major = 9;
  prop->multiProcessorCount = settings().units;
  prop->totalGlobalMem = settings().memory;
  prop->memoryBusWidth = 6144;
  prop->ECCEnabled = 1;
  prop->l2CacheSize = static_cast<int>(settings().l2);
  prop->sharedMemPerBlockOptin = 227 << 10;
  return cudaSuccess;
}

cudaError_t cudaDeviceGetAttribute(int* value, cudaDeviceAttr attribute, int device) {
  if (if_there(device) != cudaSuccess) return if_there(device);
  switch (attribute) {
    case cudaDevAttrL2CacheSize:
      *value = static_cast<int>(settings().l2);
      break;
    case cudaDevAttrMultiProcessorCount:
      *value = settings().units;
      break;
    case cudaDevAttrClockRate:
      *value = 1980000;
      break;
    case cudaDevAttrMemoryClockRate:
      *value = 3201000;
      break;
    default:
      *value = 0;
  }
  return cudaSuccess;
}

cudaError_t cudaDeviceGetPCIBusId(char* text, int size, int device) {
  if (if_there(device) != cudaSuccess) return if_there(device);
  std::snprintf(text, static_cast<std::size_t>(size), "0000:%02X:00.0", 0x17 + device);
  return cudaSuccess;
}

cudaError_t cudaMemGetInfo(std::size_t* free, std::size_t* total) {
  const cudaError_t status = answer("cudaMemGetInfo");
  const std::scoped_lock lock(state().mutex);
  *total = settings().memory;
  *free = *total - state().used;
  return status;
}

cudaError_t cudaMalloc(void** address, std::size_t size) {
  const cudaError_t status = answer("cudaMalloc");
  return status == cudaSuccess ? allocate(address, size, true) : status;
}

cudaError_t cudaFree(void* address) {
  const cudaError_t status = answer("cudaFree");
  if (address == nullptr) return status;
  wait_for_all();
  auto& s = state();
  const std::scoped_lock lock(s.mutex);
  const auto found = s.allocations.find(address);
  if (found == s.allocations.end()) return cudaErrorInvalidValue;
  s.used -= found->second;
  s.allocations.erase(found);
  std::free(address);
  return status;
}

cudaError_t cudaHostAlloc(void** address, std::size_t size, unsigned) {
  const cudaError_t status = answer("cudaHostAlloc");
  return status == cudaSuccess ? allocate(address, size, false) : status;
}

cudaError_t cudaFreeHost(void* address) {
  std::free(address);
  return cudaSuccess;
}

cudaError_t cudaMemcpy(void* to, const void* from, std::size_t size, cudaMemcpyKind) {
  const cudaError_t status = answer("cudaMemcpy");
  if (status == cudaSuccess) std::memmove(to, from, size);
  return status;
}

cudaError_t cudaMemset(void* to, int value, std::size_t size) {
  const cudaError_t status = answer("cudaMemset");
  if (status == cudaSuccess) std::memset(to, value, size);
  return status;
}
