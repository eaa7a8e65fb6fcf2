#include "topology/loaded_links.hpp"

#include "topology/pci_bus.hpp"

namespace shortfall {
namespace {

// In proportion to what a link carries, but for its line code; zero where unknown.
double speed(const PcieLink& link) { return link.per_lane.value * link.lanes; }

void note(PciSlot& slot, const Root& root) {
  if (slot.address.empty()) return;
  const PcieLink now = current_link(slot, root);
  if (speed(now) > (slot.loaded ? speed(*slot.loaded) : 0)) slot.loaded = now;
}

}  // namespace

void note_links(Host& host, const Root& root) {
  for (Gpu& gpu : host.gpus) note(gpu.slot, root);
  for (Nic& nic : host.nics) note(nic.slot, root);
}

}  // namespace shortfall
