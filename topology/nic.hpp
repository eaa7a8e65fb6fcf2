// A network adapter: its RDMA ports and its interfaces, joined by where it is plugged in.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "topology/pci.hpp"

namespace shortfall {

// On the line, as data sheets of networks count: 400 Gbit/s are 4e11.
using BitRate = Rate<struct BitUnit>;

struct Gid {
  int index = 0;
  std::string type;     // "IB/RoCE v1", "RoCE v2"
  std::string address;  // "fe80:0000:..."
  friend bool operator==(const Gid&, const Gid&) = default;
};

struct RdmaPort {
  int number = 1;
  std::string state;           // "ACTIVE", "DOWN", "INIT", ...
  std::string physical_state;  // "LinkUp", "Polling", "Disabled"
  std::string link_layer;      // "InfiniBand", "Ethernet"
  BitRate rate;                // all lanes; zero = unknown
  std::optional<int> mtu;  // payload bytes of a packet; the kernel's files do not tell, verbs do
  std::vector<Gid> gids;   // those that are set
  int lanes = 0;           // of the link as it runs: "4X"; zero = unknown
  std::string lane_speed;  // "NDR"; "" = unknown
  bool is_active() const { return state == "ACTIVE"; }
  bool is_infiniband() const { return link_layer == "InfiniBand"; }
  friend bool operator==(const RdmaPort&, const RdmaPort&) = default;
};

struct Interface {
  std::string name;    // "eth0"
  std::string state;   // "up", "down", "unknown"
  BitRate rate;        // zero = unknown: most virtual ones
  int mtu = 0;         // bytes; zero = unknown
  std::string master;  // what it is a part of, and has its addresses: "bond0"; "" = nothing
  friend bool operator==(const Interface&, const Interface&) = default;
};

struct Nic {
  std::string name;  // of the RDMA device, "mlx5_0"; without one, of the first interface: "eth0"
  PciSlot slot;
  std::string vendor;    // "Mellanox", "Intel"; "software" = no hardware of its own: rxe, veth
  std::string model;     // "ConnectX-7"; else as the driver says, "MT4129", or the PCI numbers
  std::string driver;    // kernel driver: "mlx5_core"; "" = none
  std::string firmware;  // "" = not told
  std::string board;     // which card it is built upon: "MT_0000000838"; "" = not told
  // The file by which programs reach the RDMA device, "/dev/infiniband/uverbs0", and what is
  // answered to who opens it; "" = the kernel tells of none, and: nothing is in the way.
  std::string verbs_node, verbs_refusal;
  std::vector<RdmaPort> ports;
  std::vector<Interface> interfaces;
  friend bool operator==(const Nic&, const Nic&) = default;

  bool has_active_port() const { return std::ranges::any_of(ports, &RdmaPort::is_active); }
  bool is_rdma() const { return !ports.empty() || is_rdma_hardware; }
  // By its PCI numbers or because the kernel lists it, whether or not a driver has found ports.
  bool is_rdma_hardware = false;
  std::optional<bool> is_virtual_function;  // a share of another device that this host sees
  std::string node_type;  // of the RDMA device: "CA"; "RNIC" = iWARP; "" = not told
};

// Whether calls of libibverbs connect it: iWARP is connected otherwise, and EFA has transports of
// its own. What is not told is taken to be usual.
inline bool speaks_verbs(const Nic& nic, const RdmaPort& port) {
  const bool is_usual_node = nic.node_type.empty() || nic.node_type == "CA";
  const bool is_usual_link =
      port.link_layer.empty() || port.link_layer == "Ethernet" || port.is_infiniband();
  return is_usual_node && is_usual_link;
}

// Those that --set nics=2 counts.
inline bool is_usable_by_verbs(const Nic& nic, const RdmaPort& port) {
  return port.is_active() && speaks_verbs(nic, port) && nic.verbs_refusal.empty();
}

}  // namespace shortfall
