// The parts that network adapters are put together from, found by sysfs or told by a file.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "topology/nic.hpp"
#include "topology/root.hpp"

namespace shortfall {

// Ports of an RDMA device, in the order of their numbers.
std::vector<RdmaPort> rdma_ports(const std::string& device, const Root& root);

// "ACTIVE" of "4: ACTIVE", as the kernel writes words for numbers.
std::string word_behind_number(const std::string& line);

// Notes for each RDMA device by which file programs reach it, and whether this one may open it.
void note_verbs_nodes(std::vector<Nic>& nics, const Root& root);

struct FoundInterface {
  Interface interface;
  bool is_hardware = false;  // it has a device of its own, on PCI or elsewhere
  std::string address;       // of its PCI device; "" = not on PCI
  std::string driver;
};
// Those by which a host or container reaches others, in the order of their names.
std::vector<FoundInterface> find_interfaces(const Root& root);

// Whether the kernel or a container runtime gives such names to virtual interfaces that lead to
// containers, virtual machines or nowhere: "veth3f2a", "docker0", "lo".
bool is_name_of_inner_network(std::string_view name);

// RDMA devices first, then by name.
void put_in_order(std::vector<Nic>& nics);

}  // namespace shortfall
