// The RDMA ports of this host, and the one that a rank uses.
#pragma once

#include <infiniband/verbs.h>

#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "backends/pci_path.hpp"
#include "backends/place_on_host.hpp"
#include "backends/verbs/handle.hpp"
#include "core/nic_words.hpp"

namespace shortfall::verbs {

// A device that is open, and its protection domain, shared by all that is made on it.
struct OpenDevice {
  std::string name;
  Context context;
  ProtectionDomain domain;
  ibv_device_attr attributes = {};
  int numa_node = -1;  // -1: not told
  PciPath path;
};

struct Port {
  std::shared_ptr<OpenDevice> device;
  int number = 1;
  ibv_port_attr attributes = {};
  std::string text() const { return device->name + ":" + std::to_string(number); }
  bool is_ethernet() const { return attributes.link_layer == IBV_LINK_LAYER_ETHERNET; }
  bool is_active() const { return attributes.state == IBV_PORT_ACTIVE; }
};

// Payload bytes of a packet; 0 for what is no MTU.
int bytes_of(ibv_mtu mtu);
ibv_mtu mtu_of(int bytes);

// Of all lanes, without their line code: 400e9 of NDR; 0 = not told.
double bits_per_second(const Port& port);

// Names of the devices that there are, without opening them; by name. Why there are none, in words,
// if the library cannot even ask.
std::variant<std::vector<std::string>, std::string> device_names();

// Where a rank stands that wants an adapter near it.
struct Standpoint {
  PlaceOnHost place;
  std::string gpu;  // whose memory it moves, on PCI: "0000:17:00.0"; "": that of the host
};

// Opens every device of this host and looks at its ports.
class Ports {
 public:
  Ports();

  // Of the active ports, the one that the word names; or the nearest: to a GPU by the bridges that
  // they share, else by its NUMA node; to this process by its node. Those that are equally near in
  // turn by the rank's number: on its node, if they are there, else on its host. Why there is none,
  // in words.
  std::variant<Port, std::string> choose(const NicWord& word, const Standpoint& from) const;

  std::vector<Port> active() const;
  // "rxe0:1 ACTIVE, rxe1:1 DOWN; mlx5_2 cannot be opened: Permission denied"
  std::string text() const;

 private:
  static std::vector<Port> nearest(const std::vector<Port>& ports, const std::string& gpu,
                                   int node);

  std::vector<Port> all_;
  std::vector<std::string> refused_;
};

}  // namespace shortfall::verbs
