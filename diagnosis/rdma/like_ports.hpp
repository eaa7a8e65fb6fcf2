// RDMA ports of a host that should be alike, because the cards that they are on are.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "topology/host.hpp"

namespace shortfall {

// Made by software, such as rxe: its rates and links mean nothing.
inline bool is_software(const Nic& nic) { return nic.vendor == "software"; }

struct NicPort {
  const Nic* nic;
  const RdmaPort* port;
  bool is_active_ethernet() const { return port->is_active() && port->link_layer == "Ethernet"; }
};
std::string text_of(const NicPort& at);  // "mlx5_0/1"

// "LinkUp" is a link that trained; a port without a cable polls or is disabled.
bool has_cable(const RdmaPort& port);

// Of adapters of one model and one board, as many ports each, of one link layer. Cards of one model
// but of different boards often serve different networks.
std::vector<std::vector<NicPort>> like_ports(const Host& host);

// Whether the card shows several PCI functions here, of which one may be without a cable.
bool shares_its_card(const Nic& nic, const Host& host);

// By which functions of one card are known: "0000:29:00" of "0000:29:00.1".
std::string_view card_of(const PciSlot& slot);

}  // namespace shortfall
