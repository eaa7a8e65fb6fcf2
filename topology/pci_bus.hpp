// The PCI bus as the kernel's files show it: which devices there are, and how each is plugged in.
#pragma once

#include <string>
#include <vector>

#include "topology/pci_ids.hpp"
#include "topology/root.hpp"

namespace shortfall {

std::string pci_folder(const std::string& address);  // "/sys/bus/pci/devices/0000:17:00.0"

// Those of the classes that GPUs and network adapters have, in the order of their addresses.
std::vector<PciNumbers> pci_devices(const Root& root);

// Whether it is a share of another device of this host, made for virtual machines or containers. A
// machine to which it was handed does not see the other one: there it is a device like any other.
bool is_virtual_function(const std::string& address, const Root& root);

std::string driver_of(const std::string& address, const Root& root);

// The innermost PCI device that this link of a device leads through: through virtio and sub-
// functions, too. "" = none.
std::string pci_address_behind(const Root& root, const std::string& link);

// All but `loaded`.
PciSlot slot_at(const std::string& address, const Root& root);

// As it runs at this moment, of a slot that has been surveyed.
PcieLink current_link(const PciSlot& slot, const Root& root);

}  // namespace shortfall
