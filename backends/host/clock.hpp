// The core's clock, measured by instructions of one cycle each.
#pragma once

#include "backends/device.hpp"

namespace shortfall {

Preparation prepare_clock(Operands& on);

}  // namespace shortfall
