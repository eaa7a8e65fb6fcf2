// Access control services of PCIe bridges, as their configuration space tells.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "topology/root.hpp"

namespace shortfall {

// Whether any of these bridges sends transfers between the devices below it up to the host bridge
// and back. Nothing where none says so and not all of them can be read: only root can.
std::optional<bool> detours_transfers(const std::vector<std::string>& bridges, const Root& root);

}  // namespace shortfall
