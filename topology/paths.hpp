// The ways between the devices of a host.
#pragma once

#include <vector>

#include "topology/machine.hpp"

namespace shortfall {

// One link of kind `path` for every pair of devices on PCI, GPUs first; names as people use them:
// "0000:17:00.0" of GPUs, "mlx5_0" of adapters.
std::vector<Link> paths_of(const Host& host);

}  // namespace shortfall
