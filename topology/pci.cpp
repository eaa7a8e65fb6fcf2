#include "topology/pci.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace shortfall {
namespace {

std::string text_of(Transfers per_lane) {
  const auto* const found = std::ranges::find(pcie_lanes, per_lane);
  if (found == pcie_lanes.end()) return fmt::format("{:g} GT/s", per_lane.value / 1e9);
  return fmt::format("Gen{}", found - pcie_lanes.begin() + 1);
}

template <class T>
T lesser(T a, T b) {
  const T unknown{};
  return a == unknown || b == unknown ? std::max(a, b) : std::min(a, b);
}

}  // namespace

std::optional<Transfers> pcie_lane(int generation) {
  if (generation < 1 || generation > static_cast<int>(pcie_lanes.size())) return std::nullopt;
  return pcie_lanes.at(static_cast<std::size_t>(generation - 1));
}

std::string pcie_text(const PcieLink& link) {
  std::string text = link.per_lane.value > 0 ? text_of(link.per_lane) : "";
  if (link.lanes <= 0) return text;
  return fmt::format("{}{}x{}", text, text.empty() ? "" : " ", link.lanes);
}

PcieLink seen_link(const PciSlot& slot) { return slot.loaded.value_or(slot.current); }

PcieLink attainable_link(const PciSlot& slot) {
  return {lesser(slot.maximum.per_lane, slot.port_maximum.per_lane),
          lesser(slot.maximum.lanes, slot.port_maximum.lanes)};
}

bool is_below(const PcieLink& link, const PcieLink& possible) {
  const bool is_slower = link.per_lane.value > 0 && link.per_lane < possible.per_lane;
  return is_slower || (link.lanes > 0 && link.lanes < possible.lanes);
}

}  // namespace shortfall
