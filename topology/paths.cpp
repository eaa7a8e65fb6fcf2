#include "topology/paths.hpp"

#include "topology/distance.hpp"

namespace shortfall {

std::vector<Link> paths_of(const Host& host) {
  struct End {
    const std::string* name;
    const PciSlot* slot;
  };
  std::vector<End> ends;
  for (const Gpu& gpu : host.gpus) ends.push_back({&gpu.slot.address, &gpu.slot});
  for (const Nic& nic : host.nics) ends.push_back({&nic.name, &nic.slot});
  std::erase_if(ends, [](const End& end) { return end.slot->address.empty(); });
  std::vector<Link> paths;
  for (std::size_t i = 0; i < ends.size(); ++i) {
    for (std::size_t j = i + 1; j < ends.size(); ++j) {
      paths.push_back({.kind = Link::Kind::path,
                       .host = host.name,
                       .from = *ends[i].name,
                       .to = *ends[j].name,
                       .distance = distance(*ends[i].slot, *ends[j].slot)});
    }
  }
  return paths;
}

}  // namespace shortfall
