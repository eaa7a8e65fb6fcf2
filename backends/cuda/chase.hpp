// A chase along a random cycle through the memory of a GPU, by one of its threads.
#pragma once

#include "backends/device.hpp"

namespace shortfall::cuda {

Preparation prepare_chase(const Chase& chase, Operands& on);

}  // namespace shortfall::cuda
