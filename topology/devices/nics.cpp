// Network adapters: RDMA devices, other hardware on PCI and interfaces, each adapter once.
#include <algorithm>
#include <tuple>

#include "core/natural_order.hpp"
#include "topology/devices/adapters.hpp"
#include "topology/devices/pci_bus.hpp"
#include "topology/parts.hpp"

namespace shortfall {
namespace {

void plug_in(Nic& nic, const PciNumbers& pci, const Root& root) {
  const std::string name = nic.name;
  nic = nic_of(pci);
  if (!name.empty()) nic.name = name;
  nic.slot = slot_at(pci.address, root);
  nic.driver = driver_of(pci.address, root);
}

// One of /sys/class/infiniband. Those without a device are made by software: rxe, siw.
Nic rdma_device(const std::string& name, const std::vector<PciNumbers>& hardware,
                const Root& root) {
  const std::string folder = "/sys/class/infiniband/" + name;
  Nic nic;
  nic.name = name;
  const std::string address = pci_address_behind(root, folder + "/device");
  const auto pci = std::ranges::find(hardware, address, &PciNumbers::address);
  if (pci != hardware.end()) {
    plug_in(nic, *pci, root);
  } else if (!link_target_name(root, folder + "/device").empty()) {
    nic.slot.address = address;
  } else {
    nic.vendor = "software";
  }
  const std::string type = line_of_file(root, folder + "/hca_type");
  if (!type.empty()) nic.model = model_of_type(type);
  nic.firmware = line_of_file(root, folder + "/fw_ver");
  nic.board = line_of_file(root, folder + "/board_id");
  nic.ports = rdma_ports(name, root);
  nic.node_type = word_behind_number(line_of_file(root, folder + "/node_type"));
  nic.is_rdma_hardware = true;
  return nic;
}

// The first adapter with this address; of RDMA devices in one slot, the first has its interfaces.
Nic* adapter_at(std::vector<Nic>& nics, const std::string& address) {
  if (address.empty()) return nullptr;
  const auto found =
      std::ranges::find(nics, address, [](const Nic& nic) { return nic.slot.address; });
  return found == nics.end() ? nullptr : &*found;
}

// The RDMA device that software has put on this interface.
Nic* made_upon(std::vector<Nic>& nics, const std::string& interface, const Root& root) {
  const auto found = std::ranges::find_if(nics, [&](const Nic& nic) {
    return nic.vendor == "software" && !nic.ports.empty() &&
           line_of_file(root, "/sys/class/infiniband/" + nic.name + "/parent") == interface;
  });
  return found == nics.end() ? nullptr : &*found;
}

void join(std::vector<Nic>& nics, const FoundInterface& found, const Root& root) {
  Nic* nic = found.is_hardware ? adapter_at(nics, found.address)
                               : made_upon(nics, found.interface.name, root);
  if (nic == nullptr) {
    nic = &nics.emplace_back();
    nic->name = found.interface.name;
    nic->slot.address = found.address;
    nic->driver = found.driver;
    if (!found.is_hardware) nic->vendor = "software";
  }
  // Until now hardware without RDMA is named by its address.
  if (nic->interfaces.empty() && nic->name == found.address) nic->name = found.interface.name;
  nic->interfaces.push_back(found.interface);
}

std::vector<Nic> rdma_devices(const std::vector<PciNumbers>& hardware, const Root& root) {
  std::vector<Nic> nics;
  for (const std::string& name : names_in_folder(root, "/sys/class/infiniband")) {
    nics.push_back(rdma_device(name, hardware, root));
  }
  note_verbs_nodes(nics, root);
  put_in_order(nics);
  return nics;
}

}  // namespace

void put_in_order(std::vector<Nic>& nics) {
  std::ranges::stable_sort(
      nics, {}, [](const Nic& nic) { return std::tuple(!nic.is_rdma(), NaturalName{nic.name}); });
}

std::vector<Nic> survey_nics(const Root& root) {
  std::vector<PciNumbers> hardware = pci_devices(root);
  std::erase_if(hardware, [](const PciNumbers& pci) { return !is_network_adapter(pci); });
  std::vector<Nic> nics = rdma_devices(hardware, root);
  for (const PciNumbers& pci : hardware) {
    if (adapter_at(nics, pci.address) == nullptr) plug_in(nics.emplace_back(), pci, root);
  }
  for (const FoundInterface& found : find_interfaces(root)) join(nics, found, root);
  for (Nic& nic : nics) nic.is_virtual_function = is_virtual_function(nic.slot.address, root);
  // Without ports and interfaces here it was handed to a virtual machine or another container.
  std::erase_if(nics, [](const Nic& nic) {
    return nic.ports.empty() && nic.interfaces.empty() && nic.is_virtual_function == true;
  });
  put_in_order(nics);
  return nics;
}

}  // namespace shortfall
