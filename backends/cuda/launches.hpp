// What it takes to start work on a GPU, and to learn that it is done.
#pragma once

#include "backends/device.hpp"

namespace shortfall::cuda {

Preparation prepare_launch(const Launch& launch, Operands& on);

}  // namespace shortfall::cuda
