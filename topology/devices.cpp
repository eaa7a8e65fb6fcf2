// GPUs and RDMA devices that are plugged in, whether or not any software here can use them.
#include <algorithm>
#include <array>
#include <cstdlib>
#include <utility>

#include "topology/parts.hpp"

namespace shortfall {
namespace {

enum Vendor : unsigned {
  amd = 0x1002,
  nvidia = 0x10de,
  broadcom = 0x14e4,
  mellanox = 0x15b3,
  amazon = 0x1d0f,
  habana = 0x1da3,
  intel = 0x8086,
};

enum Class : unsigned {  // of PCI, without the programming interface
  ethernet = 0x0200,
  infiniband = 0x0207,
  vga = 0x0300,
  three_d = 0x0302,
  other_display = 0x0380,
  processing_accelerator = 0x1200,
};

struct Pci {
  std::string address;
  unsigned class_code = 0, vendor = 0, device = 0;
};

unsigned hexadecimal_in(const Root& root, const std::string& path) {
  const std::string text = line_of_file(root, path);  // "0x030200"
  return text.starts_with("0x") ? static_cast<unsigned>(std::strtoul(text.c_str(), nullptr, 16))
                                : 0;
}

std::string name_of_vendor(unsigned vendor, const std::string& number) {
  constexpr std::array<std::pair<unsigned, std::string_view>, 7> names{{{amd, "AMD"},
                                                                        {nvidia, "NVIDIA"},
                                                                        {broadcom, "Broadcom"},
                                                                        {mellanox, "Mellanox"},
                                                                        {amazon, "Amazon"},
                                                                        {habana, "Habana"},
                                                                        {intel, "Intel"}}};
  for (const auto& [known, name] : names) {
    if (known == vendor) return std::string(name);
  }
  return number;
}

// The display of a server's management controller (ASPEED, Matrox) and the emulated ones of virtual
// machines are of other vendors, so they never count.
bool is_gpu(const Pci& pci) {
  const bool is_ours = pci.vendor == nvidia || pci.vendor == amd;
  // Data-centre GPUs by Intel are "other" displays, as is a second display of its desktop
  // processors, which always stands at this address.
  const bool is_intel_gpu =
      pci.vendor == intel && pci.class_code == other_display && !pci.address.ends_with(":00:02.0");
  switch (pci.class_code) {
    case vga:
    case three_d:
    case other_display:
      return is_ours || is_intel_gpu;
    case processing_accelerator:
      return is_ours || pci.vendor == habana;
    default:
      return false;
  }
}

bool is_rdma(const Pci& pci) {
  if (pci.class_code == infiniband) return true;
  if (pci.class_code != ethernet) return false;
  const bool is_elastic_fabric_adapter = pci.vendor == amazon && (pci.device & 0xfff0U) == 0xefa0U;
  return pci.vendor == mellanox || is_elastic_fabric_adapter;
}

std::optional<PciDevice> device_at(const std::string& address, const Root& root) {
  const std::string folder = "/sys/bus/pci/devices/" + address;
  const Pci pci{address, hexadecimal_in(root, folder + "/class") >> 8U,
                hexadecimal_in(root, folder + "/vendor"), hexadecimal_in(root, folder + "/device")};
  const bool gpu = is_gpu(pci);
  if (!gpu && !is_rdma(pci)) return std::nullopt;
  return PciDevice{gpu ? PciDevice::Kind::gpu : PciDevice::Kind::rdma, address,
                   name_of_vendor(pci.vendor, line_of_file(root, folder + "/vendor"))};
}

// Drivers may offer RDMA on adapters that the PCI class tells nothing about, and on none at all
// (rxe).
PciDevice rdma_device_named(const std::string& name, const Root& root) {
  const std::string address = link_target_name(root, "/sys/class/infiniband/" + name + "/device");
  const std::string vendor = line_of_file(root, "/sys/bus/pci/devices/" + address + "/vendor");
  if (address.empty() || vendor.empty()) return {PciDevice::Kind::rdma, name, "software"};
  const std::string path = "/sys/bus/pci/devices/" + address + "/vendor";
  return {PciDevice::Kind::rdma, address, name_of_vendor(hexadecimal_in(root, path), vendor)};
}

}  // namespace

std::vector<PciDevice> accelerators_and_rdma(const Root& root) {
  std::vector<PciDevice> devices;
  for (const std::string& address : names_in_folder(root, "/sys/bus/pci/devices")) {
    if (auto device = device_at(address, root)) devices.push_back(std::move(*device));
  }
  for (const std::string& name : names_in_folder(root, "/sys/class/infiniband")) {
    PciDevice device = rdma_device_named(name, root);
    const bool is_known =
        std::ranges::find(devices, device.address, &PciDevice::address) != devices.end();
    if (!is_known) devices.push_back(std::move(device));
  }
  return devices;
}

}  // namespace shortfall
