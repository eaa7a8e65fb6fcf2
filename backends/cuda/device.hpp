// A GPU as a device: memory, streams, and who prepares which operation.
#pragma once

#include <memory>

#include "backends/device.hpp"

namespace shortfall::cuda {

// The GPU of the `local_rank`-th rank of this host: visible ones are dealt out in turn. Throws
// Error in words if it cannot be used.
std::unique_ptr<Device> open_card(int local_rank);

}  // namespace shortfall::cuda
