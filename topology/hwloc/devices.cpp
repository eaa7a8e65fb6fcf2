#include "topology/hwloc/devices.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "core/text.hpp"
#include "topology/devices/adapters.hpp"
#include "topology/devices/pci_ids.hpp"

namespace shortfall {
namespace {

using PciAttributes = hwloc_obj_attr_u::hwloc_pcidev_attr_s;

std::string info(hwloc_obj_t object, const std::string& name) {
  const char* value = hwloc_obj_get_info_by_name(object, name.c_str());
  return value == nullptr ? "" : value;
}

std::string address_of(const PciAttributes& pci) {
  return fmt::format("{:04x}:{:02x}:{:02x}.{:x}", pci.domain, pci.bus, pci.dev, pci.func);
}

PciNumbers numbers_of(hwloc_obj_t device) {
  const PciAttributes& pci = device->attr->pcidev;
  return {.address = address_of(pci),
          .class_code = pci.class_id,
          .vendor = pci.vendor_id,
          .device = pci.device_id};
}

std::vector<std::string> bridges_above(hwloc_obj_t device) {
  std::vector<std::string> bridges;
  for (hwloc_obj_t bridge = device->parent; bridge != nullptr && bridge->type == HWLOC_OBJ_BRIDGE;
       bridge = bridge->parent) {
    const hwloc_obj_attr_u::hwloc_bridge_attr_s& at = bridge->attr->bridge;
    bridges.push_back(at.upstream_type == HWLOC_OBJ_BRIDGE_PCI
                          ? address_of(at.upstream.pci)
                          : fmt::format("pci{:04x}:{:02x}", at.downstream.pci.domain,
                                        at.downstream.pci.secondary_bus));
  }
  std::ranges::reverse(bridges);
  return bridges;
}

// The node of the CPUs next to it. Nothing where these are in several nodes.
std::optional<int> numa_node(hwloc_obj_t device, const Topology& topology) {
  const hwloc_obj_t place = hwloc_get_non_io_ancestor_obj(topology.get(), device);
  if (place == nullptr || place->nodeset == nullptr || place->cpuset == nullptr)
    return std::nullopt;
  std::optional<int> number;
  hwloc_obj_t node = nullptr;
  while ((node = hwloc_get_next_obj_by_type(topology.get(), HWLOC_OBJ_NUMANODE, node)) != nullptr) {
    if (hwloc_bitmap_isset(place->nodeset, node->os_index) == 0) continue;
    if (hwloc_bitmap_isequal(node->cpuset, place->cpuset) == 0) continue;
    if (!number) number = static_cast<int>(node->os_index);  // further ones: memory beside it
  }
  return number;
}

// Of one direction, in GB/s, as hwloc computes it.
double bandwidth(const PcieLink& link) {
  constexpr double last_with_8b_10b = 5e9, bits = 8;
  const double code = link.per_lane.value <= last_with_8b_10b ? 8.0 / 10 : 128.0 / 130;
  return link.per_lane.value / 1e9 * code * link.lanes / bits;
}

PcieLink widest_link_of(double gigabytes) {
  constexpr std::array<int, 5> widths{16, 8, 4, 2, 1};
  for (const int lanes : widths) {
    for (const Transfers per_lane : pcie_lanes) {
      const PcieLink link{.per_lane = per_lane, .lanes = lanes};
      // Versions of hwloc count the line code of the sixth generation differently.
      const double tolerance = per_lane.value < 64e9 ? 0.01 : 0.06;
      if (std::abs(gigabytes / bandwidth(link) - 1) < tolerance) return link;
    }
  }
  return {};
}

PciSlot slot_of(hwloc_obj_t device, const Topology& topology) {
  PciSlot slot;
  slot.address = address_of(device->attr->pcidev);
  slot.bridges = bridges_above(device);
  slot.numa_node = numa_node(device, topology);
  slot.current = widest_link_of(device->attr->pcidev.linkspeed);
  return slot;
}

// What the drivers of a device show of it: "mlx5_0", "ib0", "cuda0", "nvml0".
std::vector<hwloc_obj_t> os_devices_of(hwloc_obj_t device) {
  std::vector<hwloc_obj_t> found;
  for (hwloc_obj_t child = device->io_first_child; child != nullptr; child = child->next_sibling) {
    if (child->type == HWLOC_OBJ_OS_DEVICE && child->name != nullptr) found.push_back(child);
  }
  return found;
}

std::string word_of_state(const std::string& number) {
  constexpr std::array<std::string_view, 6> words{"NOP",   "DOWN",   "INIT",
                                                  "ARMED", "ACTIVE", "ACTIVE_DEFER"};
  const auto index = parse_integer(number).value_or(-1);
  return index >= 0 && index < std::ssize(words)
             ? std::string(words.at(static_cast<std::size_t>(index)))
             : "";
}

std::vector<RdmaPort> ports_of(hwloc_obj_t device) {
  std::vector<RdmaPort> ports;
  for (int number = 1;; ++number) {
    const std::string prefix = "Port" + std::to_string(number);
    const std::string state = info(device, prefix + "State");
    if (state.empty()) return ports;
    RdmaPort& port = ports.emplace_back();
    port.number = number;
    port.state = word_of_state(state);
    for (int index = 0;; ++index) {
      const std::string address = info(device, prefix + "GID" + std::to_string(index));
      if (address.empty()) break;
      port.gids.push_back({.index = index, .type = {}, .address = address});
    }
  }
}

// What an OS device adds to its adapter.
void add(Nic& nic, hwloc_obj_t device) {
  const std::string name = device->name;
  if (device->attr->osdev.type == HWLOC_OBJ_OSDEV_OPENFABRICS && nic.ports.empty()) {
    nic.name = name;
    nic.is_rdma_hardware = true;
    nic.ports = ports_of(device);
  } else if (device->attr->osdev.type == HWLOC_OBJ_OSDEV_NETWORK) {
    nic.interfaces.push_back({.name = name, .state = {}, .rate = {}, .mtu = 0});
  }
}

Nic adapter(hwloc_obj_t pci, const Topology& topology) {
  Nic nic = nic_of(numbers_of(pci));
  nic.slot = slot_of(pci, topology);
  for (const hwloc_obj_t device : os_devices_of(pci)) add(nic, device);
  const bool is_named = nic.name != nic.slot.address;
  if (!is_named && !nic.interfaces.empty()) nic.name = nic.interfaces.front().name;
  return nic;
}

bool is_on_pci(hwloc_obj_t device) {
  while (device != nullptr && device->type != HWLOC_OBJ_PCI_DEVICE) device = device->parent;
  return device != nullptr;
}

bool is_software_adapter(hwloc_obj_t device) {
  if (is_on_pci(device) || device->name == nullptr) return false;
  const auto type = device->attr->osdev.type;
  return type == HWLOC_OBJ_OSDEV_OPENFABRICS ||
         (type == HWLOC_OBJ_OSDEV_NETWORK && !is_name_of_inner_network(device->name));
}

Nic software_adapter(hwloc_obj_t device) {
  Nic nic;
  nic.name = device->name;
  nic.vendor = "software";
  add(nic, device);
  return nic;
}

}  // namespace

std::vector<Gpu> gpus_in(const Topology& topology) {
  std::vector<Gpu> gpus;
  hwloc_obj_t device = nullptr;
  while ((device = hwloc_get_next_pcidev(topology.get(), device)) != nullptr) {
    if (!is_gpu(numbers_of(device))) continue;
    Gpu& gpu = gpus.emplace_back(gpu_of(numbers_of(device)));
    gpu.slot = slot_of(device, topology);
    for (const hwloc_obj_t child : os_devices_of(device)) {
      const std::string model = info(child, "GPUModel");
      if (!model.empty()) gpu.name = model;
    }
  }
  std::ranges::sort(gpus, {}, [](const Gpu& gpu) { return place_on_bus(gpu.slot.address); });
  return gpus;
}

std::vector<Nic> nics_in(const Topology& topology) {
  std::vector<Nic> nics;
  hwloc_obj_t device = nullptr;
  while ((device = hwloc_get_next_pcidev(topology.get(), device)) != nullptr) {
    if (is_network_adapter(numbers_of(device))) nics.push_back(adapter(device, topology));
  }
  while ((device = hwloc_get_next_osdev(topology.get(), device)) != nullptr) {
    if (is_software_adapter(device)) nics.push_back(software_adapter(device));
  }
  put_in_order(nics);
  return nics;
}

}  // namespace shortfall
