// What network adapters deliver of what their lines and slots promise.
#pragma once

#include "diagnosis/rdma/rank_devices.hpp"

namespace shortfall {

// Of transfers by verbs, from what the result tells of its port, and hosts of the adapters at both
// ends: see docs/rdma.md.
void attain_fabric(Entry& entry, const RankDevices& ranks, const Machine& machine);

}  // namespace shortfall
