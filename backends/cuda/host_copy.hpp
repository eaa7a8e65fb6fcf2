// Copies between the memory of the host and a GPU.
#pragma once

#include "backends/cuda/card.hpp"
#include "backends/device.hpp"

namespace shortfall::cuda {

Preparation prepare_host_copy(const HostCopy& copy, Operands& on, const Card& card);

}  // namespace shortfall::cuda
