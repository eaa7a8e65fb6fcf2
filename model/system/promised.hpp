// A System that attains whatever its datasheet promises: what no program can be faster than.
#pragma once

#include "model/system/system.hpp"

namespace shortfall {

// Peaks, memory and links at their full rates, in any shape, without starts, latencies, waiting for
// hosts or differences between ranks. What is left of a step's losses is what its split costs.
SystemModel as_promised(SystemModel system);

}  // namespace shortfall
