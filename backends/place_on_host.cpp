#include "backends/place_on_host.hpp"

#include <sched.h>

namespace shortfall {
namespace {

int current_node() {
  unsigned cpu = 0, node = 0;
  return getcpu(&cpu, &node) == 0 ? static_cast<int>(node) : -1;
}

}  // namespace

PlaceOnHost place_of(int rank, const std::vector<std::string>& hosts, std::span<const int> nodes) {
  const auto at = static_cast<std::size_t>(rank);
  PlaceOnHost place{.node = nodes[at]};
  for (std::size_t other = 0; other < at; ++other) {
    if (hosts[other] != hosts[at]) continue;
    ++place.on_host;
    if (nodes[other] == nodes[at]) ++place.on_node;
  }
  return place;
}

PlaceOnHost place_on_host(World& job) {
  const std::vector<int> nodes = gather(job, current_node());
  return place_of(job.rank(), hosts_of_ranks(job), nodes);
}

}  // namespace shortfall
