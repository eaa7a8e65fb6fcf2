#include "topology/distance.hpp"

#include <algorithm>

namespace shortfall {
namespace {

// Below host bridges that differ, or that the kernel does not show.
Distance across_host_bridges(const PciSlot& a, const PciSlot& b) {
  if (!a.numa_node || !b.numa_node) return Distance::unknown;
  if (a.numa_node != b.numa_node) return Distance::sys;
  return a.bridges.empty() || b.bridges.empty() ? Distance::unknown : Distance::node;
}

// Ports from the last shared bridge down to one of the devices. The shared bridge is a switch, or
// the port into which both functions of one card are plugged; the first of these is a port of that
// switch, and each switch further down adds two, its way in and its way out.
std::ptrdiff_t ports_of_further_switches(const std::vector<std::string>& bridges,
                                         std::ptrdiff_t shared) {
  const std::ptrdiff_t below = std::ssize(bridges) - shared;
  return std::max<std::ptrdiff_t>(0, below - 1);
}

}  // namespace

Distance distance(const PciSlot& a, const PciSlot& b) {
  if (a.address.empty() || b.address.empty()) return Distance::unknown;
  if (a.address == b.address) return Distance::same;
  const auto shared = std::ranges::mismatch(a.bridges, b.bridges).in1 - a.bridges.begin();
  if (shared == 0) return across_host_bridges(a, b);
  if (shared == 1) return Distance::phb;  // the first is the host bridge
  const auto further =
      ports_of_further_switches(a.bridges, shared) + ports_of_further_switches(b.bridges, shared);
  return further < 2 ? Distance::pix : Distance::pxb;
}

}  // namespace shortfall
