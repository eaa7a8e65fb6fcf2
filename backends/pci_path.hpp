// Where devices lie on PCI, by the tree of folders in which the kernel shows them.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

namespace shortfall {

// The root, the bridges below it, the device: {"pci0000:16", "0000:16:01.0", "0000:17:00.0"}.
using PciPath = std::vector<std::string>;

// Of the device whose folder it is, or a link to that folder. Empty if it is not on PCI.
PciPath pci_path(const std::filesystem::path& device);

// Those from which the way to `goal` leaves the tree the least: by number, all that share most
// bridges with it. None if no way shares as much as the root.
std::vector<std::size_t> nearest_on_pci(const PciPath& goal, const std::vector<PciPath>& devices);

}  // namespace shortfall
