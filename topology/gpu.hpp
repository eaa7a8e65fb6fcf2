// A GPU as it is plugged in, and what its backend adds.
#pragma once

#include <string>
#include <string_view>

#include "core/device_facts.hpp"
#include "topology/pci.hpp"

namespace shortfall {

struct Gpu {
  PciSlot slot;
  std::string vendor;  // "NVIDIA", "AMD", or the number of the vendor: "0x1234"
  std::string
      name;  // as its driver says: "NVIDIA H100 80GB HBM3"; else the PCI numbers: "10de:2330"
  std::string driver;       // bound kernel driver: "nvidia", "vfio-pci"; "" = none
  std::string nearest_nic;  // name of the RDMA device with the shortest way; "" = none here
  DeviceFacts facts;        // empty without a backend that can ask
  // As its backend calls it, else `name`.
  const std::string& best_name() const { return facts.name.empty() ? name : facts.name; }
  friend bool operator==(const Gpu&, const Gpu&) = default;
};

// As its driver tells.
inline bool has_nvlinks(const Gpu& gpu) {
  return gpu.facts.nvlinks_up.value_or(gpu.facts.nvlinks.value_or(0)) > 0;
}

// Not so the PCI numbers, "10de:2330", which are all that is known of a GPU without a driver.
inline bool is_name_of_gpu(std::string_view text) {
  return !text.empty() && text.find(':') == text.npos;
}

}  // namespace shortfall
