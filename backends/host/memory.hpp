// Passes over memory: kernels of the processor, shared among the rank's threads.
#pragma once

#include "backends/device.hpp"

namespace shortfall {

Preparation prepare_pass(const MemoryPass& pass, Operands& on, int threads);

}  // namespace shortfall
