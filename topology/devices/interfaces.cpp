// Network interfaces by which a host or a container reaches others.
#include <algorithm>
#include <array>

#include "topology/devices/adapters.hpp"
#include "topology/devices/pci_bus.hpp"

namespace shortfall {
namespace {

constexpr std::string_view interfaces_folder = "/sys/class/net/";

bool is_folder(const Root& root, const std::string& path) {
  return !names_in_folder(root, path).empty();
}

// Ethernet and IP over InfiniBand; not loopback, tunnels, CAN. A tree without the file may say no.
bool is_type_of_network(const std::string& type) {
  constexpr std::string_view ethernet = "1", infiniband = "32";
  return type.empty() || type == ethernet || type == infiniband;
}

// Stands for a virtual function on the side of its physical one, for the switch inside the adapter:
// "pf0vf3". There may be hundreds.
bool is_representor(const std::string& port_name) {
  const std::size_t physical = port_name.find("pf");
  if (physical == std::string::npos) return false;
  return port_name.find("vf", physical) != std::string::npos ||
         port_name.find("sf", physical) != std::string::npos;
}

// By the kind that the kernel gives: "vlan", "vxlan"; ends of virtual cables have none.
bool sits_on_another(const std::string& uevent) {
  constexpr std::string_view key = "DEVTYPE=";
  const std::size_t at = uevent.find(key);
  if (at == std::string::npos) return false;
  const auto kind = std::string_view(uevent).substr(at + key.size());
  return !kind.starts_with("macvlan") && !kind.starts_with("ipvlan");
}

// What is left out, so that adapters are what a host's traffic can leave by:
// - loopback, tunnels, and other types than Ethernet and InfiniBand;
// - representors of virtual functions;
// - of those without a device of their own: bridges and bonds (their members stay), tun and tap,
//   VLANs, VXLANs and other kinds that sit on an interface, and whatever has a name of an inner
//   network;
// - next to hardware, all others without a device: the host's ends of cables into containers, which
//   each runtime names as it likes. But "eth0" stays: beside a virtual function, too, it is the
//   container's own end of such a cable (veth, macvlan, ipvlan).
bool is_left_out(const std::string& name, const std::string& folder, bool is_hardware,
                 const Root& root) {
  if (!is_type_of_network(line_of_file(root, folder + "/type"))) return true;
  if (is_hardware) return is_representor(line_of_file(root, folder + "/phys_port_name"));
  const bool is_of_others = is_folder(root, folder + "/bridge") ||
                            is_folder(root, folder + "/bonding") ||
                            !line_of_file(root, folder + "/tun_flags").empty() ||
                            sits_on_another(text_of_file(root, folder + "/uevent"));
  return is_of_others || is_name_of_inner_network(name);
}

// "-1" or not to be read where there is no link.
BitRate rate_in(const Root& root, const std::string& file) {
  constexpr std::int64_t most = 10'000'000;  // Mbit/s; old kernels write -1 as 4294967295
  const auto told = number_in_file(root, file).value_or(0);
  return {told > 0 && told <= most ? static_cast<double>(told) * 1e6 : 0};
}

int mtu_in(const Root& root, const std::string& file) {
  constexpr std::int64_t most = 1 << 24;
  const auto told = number_in_file(root, file).value_or(0);
  return told > 0 && told <= most ? static_cast<int>(told) : 0;
}

// USB adapters and those of some hypervisors stand on no PCI bus of their own, though a controller
// above them may: that one is of another class.
std::string address_of(const std::string& folder, const Root& root) {
  constexpr std::string_view network = "0x02";
  std::string address = pci_address_behind(root, folder + "/device");
  const std::string class_code = line_of_file(root, pci_folder(address) + "/class");
  return class_code.empty() || class_code.starts_with(network) ? address : "";
}

}  // namespace

bool is_name_of_inner_network(std::string_view name) {
  constexpr std::array<std::string_view, 24> beginnings{
      "br-", "bond", "cali",    "cilium", "cni",   "docker", "dummy",  "flannel",
      "gre", "ifb",  "ip6",     "kube",   "lxc",   "ovs",    "podman", "sit",
      "tap", "tun",  "vboxnet", "veth",   "virbr", "vmnet",  "vnet",   "vxlan"};
  return name == "lo" || std::ranges::any_of(beginnings, [&](std::string_view beginning) {
           return name.starts_with(beginning);
         });
}

std::vector<FoundInterface> find_interfaces(const Root& root) {
  std::vector<FoundInterface> found;
  for (const std::string& name : names_in_folder(root, interfaces_folder)) {
    const std::string folder = std::string(interfaces_folder) + name;
    // A file here controls bonds: "bonding_masters".
    if (!is_folder(root, folder)) continue;
    const bool is_hardware = !link_target_name(root, folder + "/device").empty();
    if (is_left_out(name, folder, is_hardware, root)) continue;
    FoundInterface& one = found.emplace_back();
    one.interface = {.name = name,
                     .state = line_of_file(root, folder + "/operstate"),
                     // A virtual cable claims 10 Gbit/s, whatever it carries.
                     .rate = is_hardware ? rate_in(root, folder + "/speed") : BitRate{},
                     .mtu = mtu_in(root, folder + "/mtu"),
                     .master = link_target_name(root, folder + "/master")};
    one.is_hardware = is_hardware;
    if (!is_hardware) continue;
    one.address = address_of(folder, root);
    one.driver = link_target_name(root, folder + "/device/driver");
  }
  const bool has_hardware = std::ranges::any_of(found, &FoundInterface::is_hardware);
  std::erase_if(found, [&](const FoundInterface& one) {
    return has_hardware && !one.is_hardware && !one.interface.name.starts_with("eth");
  });
  return found;
}

}  // namespace shortfall
