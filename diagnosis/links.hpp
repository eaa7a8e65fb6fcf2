// What one host alone can tell of its links: slots that run below what both ends can do, and ports
// that have a cable and do not work.
#pragma once

#include <vector>

#include "report/report.hpp"

namespace shortfall {

// What counts of a GPU's link: as seen under load; before that its width, and the speed that both
// ends can do, since idle GPUs train down to save power.
PcieLink link_of_gpu(const PciSlot& slot);

// Fail: "degraded_link" for each slot whose link is slower or narrower than device and port both
// allow, and for each RDMA port with a cable that is not ACTIVE. What `machine.drift` already says
// of a device is not said again.
std::vector<Finding> degraded_links(const Machine& machine);

}  // namespace shortfall
