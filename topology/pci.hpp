// Where a device is plugged in, and how fast and wide its link is.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "core/units.hpp"

namespace shortfall {

// One direction of one lane, with its line code: 32e9 is Gen5.
using Transfers = Rate<struct TransferUnit>;

// Of the generations, from the first on.
inline constexpr std::array<Transfers, 7> pcie_lanes{
    {{2.5e9}, {5e9}, {8e9}, {16e9}, {32e9}, {64e9}, {128e9}}};

// 1 to 7; nothing for others, announced ones among them.
std::optional<Transfers> pcie_lane(int generation);

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

// "Gen5 x16", "x16", "Gen5"; "20 GT/s x16" of no generation; "" = unknown.
std::string pcie_text(const PcieLink& link);

// As it runs under load, or when it was surveyed if nobody has seen that.
PcieLink seen_link(const PciSlot& slot);

// What both ends can do; what one of them does not tell is left to the other.
PcieLink attainable_link(const PciSlot& slot);

// Whether `link` is slower or narrower than `possible`, as far as both are known.
bool is_below(const PcieLink& link, const PcieLink& possible);

// How two devices reach each other, nearest first; the words of `nvidia-smi topo -m`.
enum class Distance { same, nvlink, pix, pxb, phb, node, sys, unknown };

}  // namespace shortfall
