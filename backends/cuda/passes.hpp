// Passes over the memory of a GPU.
#pragma once

#include "backends/cuda/card.hpp"
#include "backends/device.hpp"

namespace shortfall::cuda {

Preparation prepare_pass(const MemoryPass& pass, Operands& on, const Card& card);

}  // namespace shortfall::cuda
