// What results say of network adapters and of the ways to them.
#pragma once

#include <vector>

#include "report/report.hpp"

namespace shortfall {

// Large transfers between devices below the same switches that reach less of what their slots
// promise are suspected to be detoured. Devices that go straight reach 0.9 and more; where access
// control sends them over the host bridge, 0.4 to 0.55 was seen (docs/rdma.md).
inline constexpr double least_share_of_straight_transfers = 0.6;
inline constexpr Bytes least_of_large_transfers = 4_MiB;

// Warn, "detoured_transfers": copies between GPUs, and transfers between GPUs and adapters, that
// are slower, where access control (ACS) of bridges or an IOMMU may be the reason.
std::vector<Finding> detoured_transfers(const Report& report);

// Warn, "far_from_nic", one for each host and adapter: a rank that may use no CPU of the NUMA node
// of the adapter that its results were measured with.
std::vector<Finding> used_from_afar(const Report& report);

}  // namespace shortfall
