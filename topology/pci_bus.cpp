#include "topology/pci_bus.hpp"

#include <algorithm>
#include <charconv>
#include <filesystem>

namespace shortfall {
namespace {

unsigned hexadecimal_in(const Root& root, const std::string& path) {
  const std::string text = line_of_file(root, path);  // "0x030200"
  if (!text.starts_with("0x")) return 0;
  unsigned value = 0;
  const auto [stop, error] = std::from_chars(text.data() + 2, text.data() + text.size(), value, 16);
  return error == std::errc{} ? value : 0;
}

bool is_of_interest(unsigned class_code) {
  constexpr unsigned network = 0x02, display = 0x03, accelerator = 0x12;
  const unsigned base = class_code >> 8U;
  return base == network || base == display || base == accelerator;
}

}  // namespace

std::string pci_folder(const std::string& address) { return "/sys/bus/pci/devices/" + address; }

std::vector<PciNumbers> pci_devices(const Root& root) {
  std::vector<PciNumbers> devices;
  for (const std::string& address : names_in_folder(root, "/sys/bus/pci/devices")) {
    const std::string folder = pci_folder(address);
    const unsigned class_code = hexadecimal_in(root, folder + "/class") >> 8U;
    if (!is_pci_address(address) || !is_of_interest(class_code)) continue;
    devices.push_back({.address = address,
                       .class_code = class_code,
                       .vendor = hexadecimal_in(root, folder + "/vendor"),
                       .device = hexadecimal_in(root, folder + "/device")});
  }
  // As text, domain 10000 would stand before domain 2000.
  std::ranges::sort(devices, {}, [](const PciNumbers& pci) { return place_on_bus(pci.address); });
  return devices;
}

bool is_virtual_function(const std::string& address, const Root& root) {
  return !link_target_name(root, pci_folder(address) + "/physfn").empty();
}

std::string driver_of(const std::string& address, const Root& root) {
  return link_target_name(root, pci_folder(address) + "/driver");
}

std::string pci_address_behind(const Root& root, const std::string& link) {
  std::error_code error;
  std::filesystem::path path = std::filesystem::canonical(root.path + link, error);
  // A container may show the link and not where it leads.
  if (error) path = std::filesystem::read_symlink(root.path + link, error);
  std::string innermost;
  for (const auto& part : path) {
    if (is_pci_address(part.string())) innermost = part.string();
  }
  return innermost;
}

}  // namespace shortfall
