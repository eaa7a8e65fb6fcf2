#include "model/prices/attention_price.hpp"

namespace shortfall {
namespace {

double elements(std::int64_t a, std::int64_t b, std::int64_t c, std::int64_t d) {
  return static_cast<double>(a) * static_cast<double>(b) * static_cast<double>(c) *
         static_cast<double>(d);
}

Flops flop_of(const Attention& a) {
  const bool is_backward = a.direction == Attention::Direction::backward;
  const double width = static_cast<double>(a.key_dim) * (is_backward ? 3 : 1) +
                       static_cast<double>(a.value_dim) * (is_backward ? 2 : 1);
  return {elements(a.batch, a.heads, a.queries, a.keys) * (a.causal ? 1 : 2) * width};
}

}  // namespace

Seconds price_of(const Attention& a, AttentionKernel kernel, const DeviceModel& device) {
  const bool is_backward = a.direction == Attention::Direction::backward;
  const AttentionRate& rate = device.attention[static_cast<std::size_t>(kernel)];
  const double share = is_backward ? rate.backward : rate.forward;
  return flop_of(a) / (device.peak * (device.clock * share)) + device.kernel_start;
}

}  // namespace shortfall
