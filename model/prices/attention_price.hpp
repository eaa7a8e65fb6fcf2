// What the core of attention takes.
#pragma once

#include "core/operation/attention.hpp"
#include "model/prices/gemm_price.hpp"
#include "model/training/software.hpp"

namespace shortfall {

// In one kernel at its published share of the peak; or product, softmax, dropout, product, each
// through memory, with queries, keys, values and results brought into the order of heads and back.
struct AttentionPrice {
  Seconds time;
  double kernels = 1;
};
AttentionPrice price_of(const Attention& attention, const Software& software,
                        const DeviceModel& device);

}  // namespace shortfall
