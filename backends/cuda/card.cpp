#include "backends/cuda/card.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>

#include "backends/cuda/error.hpp"

namespace shortfall::cuda {
namespace {

int attribute(cudaDeviceAttr which, int index) {
  int value = 0;
  check(cudaDeviceGetAttribute(&value, which, index),
        [&] { return fmt::format("ask GPU {} for attribute {}", index, static_cast<int>(which)); });
  return value;
}

// What is no longer told, as clocks may be one day, is no reason to stop.
int attribute_or_zero(cudaDeviceAttr which, int index) {
  int value = 0;
  if (cudaDeviceGetAttribute(&value, which, index) == cudaSuccess) return value;
  cudaGetLastError();
  return 0;
}

// -1 also where the host has no NUMA nodes, or the driver does not know of them.
int nearest_node(int index) {
  int node = -1;
  if (cudaDeviceGetAttribute(&node, cudaDevAttrHostNumaId, index) == cudaSuccess) return node;
  cudaGetLastError();
  return -1;
}

std::string uuid_of(const cudaDeviceProp& properties) {
  std::string text = "GPU-";
  constexpr std::array<int, 4> dashes_before{4, 6, 8, 10};
  for (int i = 0; i < 16; ++i) {
    if (std::ranges::find(dashes_before, i) != dashes_before.end()) text += '-';
    text += fmt::format("{:02x}", static_cast<unsigned char>(properties.uuid.bytes[i]));
  }
  return text;
}

cudaDeviceProp properties_of(int index) {
  cudaDeviceProp properties{};
  check(cudaGetDeviceProperties(&properties, index),
        [&] { return fmt::format("ask what GPU {} is", index); });
  return properties;
}

// 13000 is 13.0
std::string version_text(int version) {
  return fmt::format("{}.{}", version / 1000, version % 1000 / 10);
}

std::optional<Frequency> clock_of(int kilohertz) {
  return kilohertz > 0 ? std::optional(Frequency{1e3 * kilohertz}) : std::nullopt;
}

std::string hidden_by() {
  const char* const visible = std::getenv("CUDA_VISIBLE_DEVICES");
  return visible == nullptr ? "" : fmt::format("; CUDA_VISIBLE_DEVICES is '{}'", visible);
}

}  // namespace

Card card_at(int index) {
  const cudaDeviceProp properties = properties_of(index);
  return {.index = index,
          .major = properties.major,
          .minor = properties.minor,
          .units = properties.multiProcessorCount,
          .l2 = {static_cast<double>(attribute(cudaDevAttrL2CacheSize, index))},
          .nearest_node = nearest_node(index),
          .sees_pageable = attribute_or_zero(cudaDevAttrPageableMemoryAccess, index) != 0,
          .name = properties.name,
          .address = pci_address(index)};
}

std::string pci_address(int index) {
  std::array<char, 32> text{};
  if (cudaDeviceGetPCIBusId(text.data(), static_cast<int>(text.size()), index) != cudaSuccess) {
    cudaGetLastError();
    return {};
  }
  std::string address = text.data();
  std::ranges::transform(address, address.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return address;
}

std::string runtime_version() {
  int version = 0;
  check(cudaRuntimeGetVersion(&version), "ask for the version of the CUDA runtime");
  return version_text(version);
}

DeviceFacts facts_of_card(int index) {
  const cudaDeviceProp properties = properties_of(index);
  DeviceFacts facts;
  facts.address = pci_address(index);
  facts.name = properties.name;
  facts.architecture = fmt::format("sm_{}", properties.major * 10 + properties.minor);
  facts.units = properties.multiProcessorCount;
  facts.clock = clock_of(attribute_or_zero(cudaDevAttrClockRate, index));
  facts.memory_clock = clock_of(attribute_or_zero(cudaDevAttrMemoryClockRate, index));
  facts.memory_bus_bits = properties.memoryBusWidth;
  facts.memory = Bytes{static_cast<double>(properties.totalGlobalMem)};
  facts.ecc = properties.ECCEnabled != 0;
  facts.serial = uuid_of(properties);
  facts.runtime_version = "CUDA " + runtime_version();
  return facts;
}

std::vector<DeviceFacts> facts_of_cards() {
  int count = 0;
  check(cudaGetDeviceCount(&count), "count the GPUs");
  std::vector<DeviceFacts> all;
  for (int index = 0; index < count; ++index) all.push_back(facts_of_card(index));
  return all;
}

std::string why_no_card() {
  int count = 0, driver = 0, runtime = 0;
  const cudaError_t status = cudaGetDeviceCount(&count);
  if (status == cudaSuccess) {
    return count > 0 ? "" : "no GPU is visible to this process" + hidden_by();
  }
  cudaGetLastError();
  cudaRuntimeGetVersion(&runtime);
  cudaDriverGetVersion(&driver);
  cudaGetLastError();
  if (status == cudaErrorInsufficientDriver && driver == 0) {
    return "no NVIDIA driver is installed (libcuda.so.1 was not found); this build is for CUDA " +
           version_text(runtime);
  }
  if (status == cudaErrorInsufficientDriver) {
    return fmt::format(
        "the NVIDIA driver is too old: it can do CUDA {}, this build needs {}. Update the driver, "
        "or "
        "build with an older toolkit",
        version_text(driver), version_text(runtime));
  }
  if (status == cudaErrorNoDevice) return "the driver sees no GPU" + hidden_by();
  return answer_of(status) + hidden_by();
}

}  // namespace shortfall::cuda
