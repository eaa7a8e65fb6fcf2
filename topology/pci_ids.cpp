#include "topology/pci_ids.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "core/text.hpp"

namespace shortfall {
namespace {

enum Vendor : unsigned {
  amd = 0x1002,
  ibm = 0x1014,
  qlogic = 0x1077,
  nvidia = 0x10de,
  microsoft = 0x1414,
  chelsio = 0x1425,
  broadcom = 0x14e4,
  vmware = 0x15ad,
  mellanox = 0x15b3,
  cray = 0x17db,
  red_hat = 0x1af4,
  google = 0x1ae0,
  amazon = 0x1d0f,
  habana = 0x1da3,
  pensando = 0x1dd8,
  intel = 0x8086,
};

enum Class : unsigned {
  ethernet = 0x0200,
  infiniband = 0x0207,
  fabric = 0x0208,  // Omni-Path
  vga = 0x0300,
  three_d = 0x0302,
  other_display = 0x0380,
  processing_accelerator = 0x1200,
};

std::string name_of_vendor(unsigned vendor) {  // "" = its number could not be read
  if (vendor == 0) return {};
  constexpr std::array<std::pair<unsigned, std::string_view>, 16> names{{{amd, "AMD"},
                                                                         {ibm, "IBM"},
                                                                         {qlogic, "QLogic"},
                                                                         {nvidia, "NVIDIA"},
                                                                         {microsoft, "Microsoft"},
                                                                         {chelsio, "Chelsio"},
                                                                         {broadcom, "Broadcom"},
                                                                         {vmware, "VMware"},
                                                                         {mellanox, "Mellanox"},
                                                                         {cray, "Cray"},
                                                                         {red_hat, "Red Hat"},
                                                                         {google, "Google"},
                                                                         {amazon, "Amazon"},
                                                                         {habana, "Habana"},
                                                                         {pensando, "Pensando"},
                                                                         {intel, "Intel"}}};
  const auto* known =
      std::ranges::find(names, vendor, &std::pair<unsigned, std::string_view>::first);
  return known != names.end() ? std::string(known->second) : fmt::format("0x{:04x}", vendor);
}

// By the number of the device, which is also that of its type: "MT4129". Virtual functions of all
// newer generations share one number, which names none of them.
std::string_view connectx(std::int64_t device) {
  constexpr std::array<std::pair<std::int64_t, std::string_view>, 15> names{
      {{0x1003, "ConnectX-3"},
       {0x1007, "ConnectX-3 Pro"},
       {0x1011, "Connect-IB"},
       {0x1013, "ConnectX-4"},
       {0x1015, "ConnectX-4 Lx"},
       {0x1017, "ConnectX-5"},
       {0x1019, "ConnectX-5 Ex"},
       {0x101b, "ConnectX-6"},
       {0x101d, "ConnectX-6 Dx"},
       {0x101f, "ConnectX-6 Lx"},
       {0x1021, "ConnectX-7"},
       {0x1023, "ConnectX-8"},
       {0xa2d2, "BlueField"},
       {0xa2d6, "BlueField-2"},
       {0xa2dc, "BlueField-3"}}};
  const auto* known =
      std::ranges::find(names, device, &std::pair<std::int64_t, std::string_view>::first);
  return known != names.end() ? known->second : "";
}

std::string numbers(const PciNumbers& pci) {
  return pci.vendor == 0 ? "" : fmt::format("{:04x}:{:04x}", pci.vendor, pci.device);
}

// Takes a hexadecimal number of `least` to `most` digits, and the `end` behind it.
std::optional<std::uint64_t> take(std::string_view& text, std::size_t least, std::size_t most,
                                  char end) {
  std::uint64_t value = 0;
  const std::size_t length = std::min(text.find(end), text.size());
  if (length < least || length > most) return std::nullopt;
  const char* last = text.data() + length;
  const auto [stop, error] = std::from_chars(text.data(), last, value, 16);
  if (error != std::errc{} || stop != last) return std::nullopt;
  text.remove_prefix(std::min(length + 1, text.size()));
  return value;
}

bool is_rdma(const PciNumbers& pci) {
  if (pci.class_code == infiniband || pci.class_code == fabric) return true;
  if (pci.class_code != ethernet) return false;
  const bool is_elastic_fabric_adapter = pci.vendor == amazon && (pci.device & 0xfff0U) == 0xefa0U;
  return pci.vendor == mellanox || is_elastic_fabric_adapter;
}

}  // namespace

std::optional<std::uint64_t> place_on_bus(std::string_view address) {
  // Domains of virtual root complexes have more than four digits: "10000:01:00.0".
  const auto domain = take(address, 4, 8, ':');
  const auto bus = domain ? take(address, 2, 2, ':') : std::nullopt;
  const auto device = bus ? take(address, 2, 2, '.') : std::nullopt;
  const auto function = device ? take(address, 1, 1, '\0') : std::nullopt;
  if (!function || !address.empty()) return std::nullopt;
  return (*domain << 24U) | (*bus << 16U) | (*device << 8U) | *function;
}

bool is_pci_address(std::string_view text) { return place_on_bus(text).has_value(); }

// The display of a server's management controller (ASPEED, Matrox) and the emulated ones of virtual
// machines are of other vendors, so they never count.
bool is_gpu(const PciNumbers& pci) {
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

bool is_network_adapter(const PciNumbers& pci) {
  return pci.class_code == ethernet || is_rdma(pci);
}

Gpu gpu_of(const PciNumbers& pci) {
  Gpu gpu;
  gpu.slot.address = pci.address;
  gpu.vendor = name_of_vendor(pci.vendor);
  gpu.name = numbers(pci);
  return gpu;
}

Nic nic_of(const PciNumbers& pci) {
  Nic nic;
  nic.name = nic.slot.address = pci.address;
  nic.is_rdma_hardware = is_rdma(pci);
  nic.vendor = name_of_vendor(pci.vendor);
  const std::string_view known = pci.vendor == mellanox ? connectx(pci.device) : "";
  nic.model = known.empty() ? numbers(pci) : std::string(known);
  return nic;
}

std::string model_of_type(const std::string& type) {
  if (!type.starts_with("MT")) return type;
  const auto device = parse_integer(std::string_view(type).substr(2));
  const std::string_view known = device ? connectx(*device) : "";
  return known.empty() ? type : std::string(known);
}

}  // namespace shortfall
