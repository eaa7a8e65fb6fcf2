#include "backends/pci_path.hpp"

#include <algorithm>
#include <system_error>

namespace shortfall {
namespace {

std::size_t shared(const PciPath& a, const PciPath& b) {
  const auto [end, unused] = std::ranges::mismatch(a, b);
  return static_cast<std::size_t>(end - a.begin());
}

}  // namespace

PciPath pci_path(const std::filesystem::path& device) {
  std::error_code is_missing;
  const auto folder = std::filesystem::canonical(device, is_missing);
  if (is_missing) return {};
  PciPath path;
  for (const auto& part : folder) {
    if (!path.empty() || part.string().starts_with("pci")) path.push_back(part.string());
  }
  return path;
}

std::vector<std::size_t> nearest_on_pci(const PciPath& goal, const std::vector<PciPath>& devices) {
  std::vector<std::size_t> nearest;
  std::size_t most = 1;
  for (std::size_t i = 0; i < devices.size(); ++i) {
    const std::size_t bridges = shared(goal, devices[i]);
    if (bridges < most) continue;
    if (bridges > most) nearest.clear();
    most = bridges;
    nearest.push_back(i);
  }
  return nearest;
}

}  // namespace shortfall
