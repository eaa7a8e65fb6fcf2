#include "app/extent.hpp"

#include <algorithm>

namespace shortfall {

JobExtent extent_of(const World& world, const Machine& machine) {
  JobExtent extent{.hosts = hosts_of(world)};
  for (const Host& host : machine.hosts) {
    std::ptrdiff_t active = 0;
    for (const Nic& nic : host.nics)
      active += std::ranges::count_if(nic.ports, &RdmaPort::is_active);
    const int ports = static_cast<int>(active);
    if (ports == 0) continue;
    extent.fewest_ports = extent.most_ports == 0 ? ports : std::min(extent.fewest_ports, ports);
    extent.most_ports = std::max(extent.most_ports, ports);
  }
  return extent;
}

}  // namespace shortfall
