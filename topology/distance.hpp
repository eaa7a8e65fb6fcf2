// How far devices of one host are from each other.
#pragma once

#include "topology/pci.hpp"

namespace shortfall {

// By the bridges above both: at most one switch between them (pix), several (pxb), a host bridge
// (phb), two host bridges of one NUMA node (node), or NUMA nodes (sys). `unknown` where either is
// not on PCI or the kernel does not say where it is. Never nvlink, of which PCI knows nothing.
Distance distance(const PciSlot& a, const PciSlot& b);

}  // namespace shortfall
