// Joins what backends know of devices with what the kernel tells of them.
#pragma once

#include <vector>

#include "topology/host.hpp"

namespace shortfall {

// By address. A device that the kernel does not show (a container without its part of /sys) is
// added. The facts' name and driver stand before those of the kernel.
void add_facts(Host& host, const std::vector<DeviceFacts>& facts);

}  // namespace shortfall
