// Where the devices of a host are plugged in, for people.
#pragma once

#include <iosfwd>

#include "topology/host.hpp"

namespace shortfall {

// NUMA nodes, host bridges and shared switches, with the devices below each. Bridges that lead to
// one place only are left out. Nothing for a host without devices.
void write_device_tree(std::ostream& out, const Host& host);

// How far each device is from each other, in the words of `nvidia-smi topo -m`. Nothing where there
// are fewer than two devices on PCI.
void write_distances(std::ostream& out, const Host& host);

}  // namespace shortfall
