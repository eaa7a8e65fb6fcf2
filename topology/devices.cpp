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

}  // namespace

// Every device of the PCI bus, with what decides whether it is one of ours.
std::vector<Pci> pci_devices(const Root& root) {
  std::vector<Pci> devices;
  for (const std::string& address : names_in_folder(root, "/sys/bus/pci/devices")) {
    const std::string folder = "/sys/bus/pci/devices/" + address;
    devices.push_back({address, hexadecimal_in(root, folder + "/class") >> 8U,
                       hexadecimal_in(root, folder + "/vendor"),
                       hexadecimal_in(root, folder + "/device")});
  }
  return devices;
}

std::vector<Gpu> survey_gpus(const Root& root) {
  std::vector<Gpu> gpus;
  for (const Pci& pci : pci_devices(root)) {
    if (!is_gpu(pci)) continue;
    Gpu& gpu = gpus.emplace_back();
    gpu.slot.address = pci.address;
    gpu.vendor = name_of_vendor(
        pci.vendor, line_of_file(root, "/sys/bus/pci/devices/" + pci.address + "/vendor"));
  }
  return gpus;
}

std::vector<Nic> survey_nics(const Root& root) {
  std::vector<Nic> nics;
  for (const Pci& pci : pci_devices(root)) {
    if (!is_rdma(pci)) continue;
    Nic& nic = nics.emplace_back();
    nic.name = nic.slot.address = pci.address;
    nic.is_rdma_hardware = true;
    nic.vendor = name_of_vendor(
        pci.vendor, line_of_file(root, "/sys/bus/pci/devices/" + pci.address + "/vendor"));
  }
  for (const std::string& name : names_in_folder(root, "/sys/class/infiniband")) {
    const std::string address = link_target_name(root, "/sys/class/infiniband/" + name + "/device");
    const std::string file = "/sys/bus/pci/devices/" + address + "/vendor";
    const std::string vendor = address.empty() ? "" : line_of_file(root, file);
    const auto known =
        std::ranges::find(nics, address, [](const Nic& n) { return n.slot.address; });
    Nic& nic = !address.empty() && known != nics.end() ? *known : nics.emplace_back();
    nic.name = name;
    nic.is_rdma_hardware = true;
    nic.slot.address = vendor.empty() ? "" : address;
    nic.vendor = vendor.empty() ? "software" : name_of_vendor(hexadecimal_in(root, file), vendor);
  }
  std::ranges::sort(nics, {}, &Nic::name);
  return nics;
}

}  // namespace shortfall
