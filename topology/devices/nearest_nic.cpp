// Which RDMA device each GPU reaches by the shortest way.
#include <algorithm>

#include "topology/devices/pci_ids.hpp"
#include "topology/distance.hpp"
#include "topology/parts.hpp"

namespace shortfall {
namespace {

// Indexes of the RDMA devices than which no other is nearer to the GPU, or as near and better in
// that it has an active port; in the order of their addresses.
std::vector<std::size_t> nearest_to(const Gpu& gpu, const std::vector<Nic>& nics) {
  using Rank = std::pair<Distance, bool>;
  Rank best{Distance::unknown, false};
  std::vector<std::size_t> nearest;
  for (std::size_t i = 0; i < nics.size(); ++i) {
    if (!nics[i].is_rdma()) continue;
    const Rank rank{distance(gpu.slot, nics[i].slot), !nics[i].has_active_port()};
    if (rank.first == Distance::unknown || rank > best) continue;
    if (rank < best) nearest.clear();
    best = rank;
    nearest.push_back(i);
  }
  std::ranges::sort(nearest, {}, [&](std::size_t i) { return place_on_bus(nics[i].slot.address); });
  return nearest;
}

}  // namespace

void find_nearest_nics(Host& host) {
  std::vector<std::vector<std::size_t>> nearest;
  for (const Gpu& gpu : host.gpus) nearest.push_back(nearest_to(gpu, host.nics));
  for (std::size_t i = 0; i < host.gpus.size(); ++i) {
    host.gpus[i].nearest_nic.clear();
    if (nearest[i].empty()) continue;
    // GPUs that have the same choice share it evenly, both in the order of their addresses: below a
    // switch with two of each, the first GPU takes the first adapter, as rails are cabled.
    const auto rivals = static_cast<std::size_t>(std::ranges::count(nearest, nearest[i]));
    const auto before = static_cast<std::size_t>(
        std::count(nearest.begin(), nearest.begin() + static_cast<std::ptrdiff_t>(i), nearest[i]));
    const std::size_t chosen = nearest[i][before * nearest[i].size() / rivals];
    host.gpus[i].nearest_nic = host.nics[chosen].name;
  }
}

}  // namespace shortfall
