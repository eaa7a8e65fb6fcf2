// What the numbers of a PCI device say about it: whether it is a GPU or a network adapter, and of
// whom.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "topology/gpu.hpp"
#include "topology/nic.hpp"

namespace shortfall {

struct PciNumbers {
  std::string address;  // "0000:17:00.0"
  // Class and subclass, without the programming interface: 0x0302.
  unsigned class_code = 0;
  unsigned vendor = 0, device = 0;
};

bool is_pci_address(std::string_view text);

// Where it stands among all devices of a host; nothing for what is no address.
std::optional<std::uint64_t> place_on_bus(std::string_view address);

bool is_gpu(const PciNumbers& pci);
bool is_network_adapter(const PciNumbers& pci);

// Both with their address, vendor and numbers alone: "10de:2330".
Gpu gpu_of(const PciNumbers& pci);
Nic nic_of(const PciNumbers& pci);

// "ConnectX-7" for "MT4129"; other types are returned as they are.
std::string model_of_type(const std::string& type);

}  // namespace shortfall
