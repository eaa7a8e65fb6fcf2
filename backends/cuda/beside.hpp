// Memory of the host for operations of a GPU's ranks that need no GPU: what network adapters move.
// The processor fills and compares it.
#pragma once

#include <memory>
#include <span>

#include "backends/device.hpp"

namespace shortfall::cuda {

// Touched. Throws Error when there is not so much memory.
std::unique_ptr<Buffer> allocate_beside(Bytes bytes, const Placement& placement);

// Of memory of the host, so many as a pattern has.
std::span<std::byte> bytes_beside(Buffer& buffer, const Pattern& pattern);

}  // namespace shortfall::cuda
