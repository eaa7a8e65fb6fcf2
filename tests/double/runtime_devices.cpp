// The double's functions of devices.
#include <algorithm>
#include <cstring>
#include <string>

#include "tests/double/runtime_state.hpp"

using shortfall::cuda_double::answer;
using shortfall::cuda_double::settings;
using shortfall::cuda_double::state;

namespace {

thread_local int current_device = 0;

cudaError_t if_there(int device) {
  return device >= 0 && device < settings().gpus ? cudaSuccess : cudaErrorInvalidDevice;
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
  for (int i = 0; i < 16; ++i)
    prop->uuid.bytes[i] = static_cast<char>(16 * (settings().first + device) + i);
  prop->major = settings().capability;
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
    case cudaDevAttrComputeCapabilityMajor:
      *value = settings().capability;
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
    case cudaDevAttrGPUDirectRDMAFlushWritesOptions:
      *value = cudaFlushGPUDirectRDMAWritesOptionHost;
      break;
    default:
      *value = 0;
  }
  return cudaSuccess;
}

cudaError_t cudaDeviceGetPCIBusId(char* text, int size, int device) {
  if (if_there(device) != cudaSuccess) return if_there(device);
  std::snprintf(text, static_cast<std::size_t>(size), "0000:%02X:00.0",
                0x17 + settings().first + device);
  return cudaSuccess;
}

cudaError_t cudaDeviceGetByPCIBusId(int* device, const char* address) {
  const cudaError_t status = answer("cudaDeviceGetByPCIBusId");
  if (status != cudaSuccess) return status;
  constexpr int hexadecimal = 16, bus_at = 5;
  *device = std::stoi(std::string(address).substr(bus_at, 2), nullptr, hexadecimal) - 0x17 -
            settings().first;
  return if_there(*device);
}

cudaError_t cudaDeviceCanAccessPeer(int* can, int, int) {
  *can = settings().peers ? 1 : 0;
  return answer("cudaDeviceCanAccessPeer");
}

cudaError_t cudaDeviceFlushGPUDirectRDMAWrites(cudaFlushGPUDirectRDMAWritesTarget,
                                               cudaFlushGPUDirectRDMAWritesScope) {
  return answer("cudaDeviceFlushGPUDirectRDMAWrites");
}

cudaError_t cudaMemGetInfo(std::size_t* free, std::size_t* total) {
  const cudaError_t status = answer("cudaMemGetInfo");
  const std::scoped_lock lock(state().mutex);
  *total = settings().memory;
  *free = *total - state().used;
  return status;
}
