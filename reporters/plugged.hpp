// The GPUs and network adapters of a host under the names that people call them by.
#pragma once

#include <string>
#include <vector>

#include "topology/host.hpp"

namespace shortfall {

struct Outside {      // a port, or an interface
  std::string full;   // "port 1 InfiniBand ACTIVE 400 Gbit/s MTU 4096"
  std::string brief;  // "400 Gbit/s InfiniBand", "eth1 down"
};

struct Plugged {
  const PciSlot* slot;           // of the host, which must outlive this
  std::string name;              // "GPU0", "mlx5_0"
  std::string what;              // "NVIDIA H100 80GB HBM3, driver nvidia"
  std::vector<Outside> outside;  // of an adapter; of a GPU what its driver tells of its state
  bool is_gpu = false;
};

std::vector<Plugged> plugged_in(const Host& host);  // GPUs first

// "Gen5 x16"; "Gen3 x8 of Gen5 x16" where it could be more; "" = unknown. An idle GPU trains down
// by design, so that what it runs at now counts only if it was seen under load.
std::string slot_text(const PciSlot& slot, bool is_gpu);

// Whether the link runs below what both of its ends could do.
bool is_degraded(const PciSlot& slot, bool is_gpu);

}  // namespace shortfall
