// The most multiply-adds that the rank's cores can do: on registers alone.
#pragma once

#include "backends/device.hpp"

namespace shortfall {

Preparation prepare_peak(const PeakRate& rate, Operands& on, int threads);

}  // namespace shortfall
