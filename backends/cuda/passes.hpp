// Passes over the memory of a GPU.
#pragma once

#include "backends/cuda/card.hpp"
#include "backends/device.hpp"

namespace shortfall::cuda {

// `like`: the same pass on other arrays, whose kernel is taken; nullptr = the fastest is looked
// for.
Preparation prepare_pass(const MemoryPass& pass, Operands& on, const Card& card,
                         const Prepared* like = nullptr);

}  // namespace shortfall::cuda
