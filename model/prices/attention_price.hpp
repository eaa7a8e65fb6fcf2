// What the core of attention takes.
#pragma once

#include "core/operation/attention.hpp"
#include "model/prices/gemm_price.hpp"
#include "model/training/software.hpp"

namespace shortfall {

// In one of the kernels that keep no scores, at its published share of the peak. What is separate
// is a list of Steps of its own: attention_apart.hpp.
Seconds price_of(const Attention& attention, AttentionKernel kernel, const DeviceModel& device);

}  // namespace shortfall
