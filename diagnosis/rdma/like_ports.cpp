#include "diagnosis/rdma/like_ports.hpp"

#include <algorithm>
#include <map>
#include <tuple>

namespace shortfall {

std::string text_of(const NicPort& at) {
  return at.nic->name + "/" + std::to_string(at.port->number);
}

bool has_cable(const RdmaPort& port) {
  return port.physical_state == "LinkUp" || port.physical_state == "LinkErrorRecovery" ||
         port.physical_state == "PortConfigurationTraining";
}

std::vector<std::vector<NicPort>> like_ports(const Host& host) {
  using Kind = std::tuple<std::string, std::string, std::size_t, std::string>;
  std::map<Kind, std::vector<NicPort>> groups;
  for (const Nic& nic : host.nics) {
    if (is_software(nic)) continue;
    for (const RdmaPort& port : nic.ports) {
      groups[{nic.model, nic.board, nic.ports.size(), port.link_layer}].push_back({&nic, &port});
    }
  }
  std::vector<std::vector<NicPort>> all;
  for (auto& [kind, ports] : groups) all.push_back(std::move(ports));
  return all;
}

std::string_view card_of(const PciSlot& slot) {
  return std::string_view(slot.address).substr(0, slot.address.rfind('.'));
}

bool shares_its_card(const Nic& nic, const Host& host) {
  return std::ranges::count_if(host.nics, [&](const Nic& other) {
           return !nic.slot.address.empty() && card_of(other.slot) == card_of(nic.slot);
         }) > 1;
}

}  // namespace shortfall
