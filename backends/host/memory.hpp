// Passes over memory: kernels of the processor, shared among the rank's threads.
#pragma once

#include "backends/device.hpp"

namespace shortfall {

// `like`: the same pass on other arrays, whose loops are taken; nullptr = the fastest are looked
// for.
Preparation prepare_pass(const MemoryPass& pass, Operands& on, int threads,
                         const Prepared* like = nullptr);

}  // namespace shortfall
