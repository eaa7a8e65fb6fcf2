#include "topology/distance.hpp"

#include <algorithm>

namespace shortfall {

Distance distance(const PciSlot& a, const PciSlot& b) {
  if (a.address.empty() || b.address.empty()) return Distance::unknown;
  if (a.address == b.address) return Distance::same;
  const auto [in_a, in_b] = std::ranges::mismatch(a.bridges, b.bridges);
  const auto shared = in_a - a.bridges.begin();
  // The first is the host bridge itself.
  if (shared > 1) return Distance::pix;
  if (shared == 1) return Distance::phb;
  return a.numa_node && a.numa_node == b.numa_node ? Distance::node : Distance::sys;
}

}  // namespace shortfall
