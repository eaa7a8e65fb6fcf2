// The most multiply-adds that a GPU can do without its tensor cores: on registers alone.
#pragma once

#include "backends/cuda/card.hpp"
#include "backends/device.hpp"

namespace shortfall::cuda {

Preparation prepare_peak(const PeakRate& rate, Operands& on, const Card& card);

}  // namespace shortfall::cuda
