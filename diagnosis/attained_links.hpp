// What copies of GPUs deliver of what their links promise.
#pragma once

#include "diagnosis/rdma/rank_devices.hpp"

namespace shortfall {

// Of copies with the host and between GPUs, of the rank that is promised least: see
// docs/methodology.md.
void attain_links(Entry& entry, const RankDevices& ranks, const Machine& machine);

}  // namespace shortfall
