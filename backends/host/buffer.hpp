// Memory of the host, laid out so that alignment and page faults do not disturb a measurement.
#pragma once

#include <memory>

#include "backends/device.hpp"

namespace shortfall {

// Aligned to cache lines; from 4 KiB on in pages of its own, of the size and on the node that were
// asked for (huge ones only if the system grants them: see pages.hpp). Every page is touched by the
// thread that a kernel on `threads` threads will have work on it.
// Throws Error when there is not so much memory.
std::unique_ptr<Buffer> allocate_on_host(Bytes bytes, int threads, const Placement& placement = {});

}  // namespace shortfall
