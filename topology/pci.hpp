// Where a device is plugged in, and how fast and wide its link is.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/units.hpp"

namespace shortfall {

// One direction of one lane, with its line code: 32e9 is Gen5.
using Transfers = Rate<struct TransferUnit>;

struct PcieLink {  // zero = unknown
  Transfers per_lane;
  int lanes = 0;
  friend bool operator==(const PcieLink&, const PcieLink&) = default;
};

struct PciSlot {
  std::string address;  // "0000:17:00.0"; "" = not on PCI: rxe, veth
  // From the root complex down: "pci0000:15", "0000:15:01.0"; empty = the kernel does not say.
  std::vector<std::string> bridges;
  std::optional<int> numa_node;    // nothing = unknown; a host with one node has 0
  PcieLink current;                // when it was surveyed: idle GPUs train down to save power
  std::optional<PcieLink> loaded;  // the fastest seen after cases: what counts
  PcieLink maximum;                // of the device
  PcieLink port_maximum;           // of the port that it is plugged into
  std::optional<bool> acs;         // access control on any bridge above, which detours transfers
                                   // between devices; only root can read it
  friend bool operator==(const PciSlot&, const PciSlot&) = default;
};

// How two devices reach each other, nearest first; the words of `nvidia-smi topo -m`.
enum class Distance { same, nvlink, pix, pxb, phb, node, sys, unknown };

}  // namespace shortfall
