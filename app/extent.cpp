#include "app/extent.hpp"

#include <algorithm>

namespace shortfall {

JobExtent extent_of(const World& world, const Machine& machine) {
  JobExtent extent{.hosts = hosts_of(world)};
  for (const Host& host : machine.hosts) {
    int ports = 0;
    for (const Nic& nic : host.nics) {
      for (const RdmaPort& port : nic.ports) ports += is_usable_by_verbs(nic, port) ? 1 : 0;
    }
    if (ports == 0) continue;
    extent.fewest_ports = extent.most_ports == 0 ? ports : std::min(extent.fewest_ports, ports);
    extent.most_ports = std::max(extent.most_ports, ports);
  }
  return extent;
}

}  // namespace shortfall
