// How a PCI device is plugged in: the bridges above it, its link, its NUMA node.
#include <algorithm>
#include <filesystem>

#include "core/text.hpp"
#include "topology/devices/acs.hpp"
#include "topology/devices/pci_bus.hpp"

namespace shortfall {
namespace {

// "../../../devices/pci0000:15/0000:15:01.0/0000:16:00.0" of the device 0000:16:00.0. What stands
// before the host bridge is how firmware or a hypervisor calls the way to it.
std::vector<std::string> bridges_above(const std::string& address, const Root& root) {
  std::error_code error;
  const auto target = std::filesystem::read_symlink(root.path + pci_folder(address), error);
  std::vector<std::string> bridges;
  for (const auto& part : target) {
    const std::string name = part.string();
    const bool is_host_bridge = name.starts_with("pci") && name.find(':') != std::string::npos;
    if (!bridges.empty() || is_host_bridge) bridges.push_back(name);
  }
  if (!bridges.empty()) bridges.pop_back();  // the device itself
  return bridges;
}

// -1 is written by firmware that does not care: no wonder where there is only one node.
std::optional<int> numa_node(const std::string& address, const Root& root) {
  const auto told = number_in_file(root, pci_folder(address) + "/numa_node");
  constexpr std::int64_t most = 1 << 20;
  if (told && *told >= 0 && *told < most) return static_cast<int>(*told);
  const auto nodes = cpus_in(line_of_file(root, "/sys/devices/system/node/has_cpu"));
  return nodes.size() == 1 ? std::optional(nodes.front()) : std::nullopt;
}

// "32.0 GT/s PCIe", "8 GT/s"; zero for "Unknown" and for what no generation has.
Transfers transfers_in(const std::string& text) {
  const std::size_t end = text.find(" GT/s");
  if (end == std::string::npos) return {};
  const Transfers told{parse_number(text.substr(0, end)).value_or(0) * 1e9};
  return std::ranges::find(pcie_lanes, told) == pcie_lanes.end() ? Transfers{} : told;
}

// `which` is "current" or "max". Emulated devices have 0, 63 or 255 lanes.
PcieLink link_in(const std::string& address, const std::string& which, const Root& root) {
  constexpr std::int64_t most_lanes = 32;
  const std::string file = pci_folder(address) + "/" + which + "_link_";
  const auto lanes = number_in_file(root, file + "width").value_or(0);
  return {.per_lane = transfers_in(line_of_file(root, file + "speed")),
          .lanes = lanes > 0 && lanes <= most_lanes ? static_cast<int>(lanes) : 0};
}

struct Plug {
  std::string device;  // whose link leaves the card
  std::string port;    // that it is plugged into; "" = unknown, or none but the host bridge
};

// Some cards carry a switch of their own in front of the device: many AMD GPUs, BlueField. The
// device's link within the card always runs at full speed; that of the card's switch to the host is
// the one that can be slow. Its ports are of the device's vendor, and so may be the root port,
// which is the first below the host bridge and never part of a card.
Plug plug_of(const PciSlot& slot, const Root& root) {
  constexpr std::size_t root_port = 1;
  const auto vendor_of = [&](const std::string& address) {
    return line_of_file(root, pci_folder(address) + "/vendor");
  };
  const std::string vendor = vendor_of(slot.address);
  Plug plug{.device = slot.address, .port = {}};
  for (std::size_t above = slot.bridges.size(); above-- > root_port;) {
    plug.port = slot.bridges[above];
    if (above == root_port || vendor.empty() || vendor_of(plug.port) != vendor) return plug;
    plug.device = plug.port;
  }
  return plug;
}

}  // namespace

PcieLink current_link(const PciSlot& slot, const Root& root) {
  return link_in(plug_of(slot, root).device, "current", root);
}

PciSlot slot_at(const std::string& address, const Root& root) {
  PciSlot slot;
  slot.address = address;
  slot.bridges = bridges_above(address, root);
  slot.numa_node = numa_node(address, root);
  const Plug plug = plug_of(slot, root);
  slot.current = link_in(plug.device, "current", root);
  slot.maximum = link_in(plug.device, "max", root);
  if (!plug.port.empty()) slot.port_maximum = link_in(plug.port, "max", root);
  slot.acs = detours_transfers(slot.bridges, root);
  return slot;
}

}  // namespace shortfall
