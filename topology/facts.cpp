#include "topology/facts.hpp"

#include <algorithm>

namespace shortfall {
namespace {

const std::string& address_of(const Gpu& gpu) { return gpu.slot.address; }

}  // namespace

void add_facts(Host& host, const std::vector<DeviceFacts>& facts) {
  for (const DeviceFacts& known : facts) {
    auto gpu = std::ranges::find(host.gpus, known.address, address_of);
    if (gpu == host.gpus.end()) {
      gpu = host.gpus.insert(gpu, Gpu{});
      gpu->slot.address = known.address;
    }
    if (!known.name.empty()) gpu->name = known.name;
    gpu->facts = known;
  }
  std::ranges::stable_sort(host.gpus, {}, address_of);
}

}  // namespace shortfall
