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

// Bytes for each score, of 2 B. Softmax reads and writes them; dropout too, and writes its mask.
// Backward, dropout reads the gradient and its mask and writes; softmax reads two and writes one.
// Of causal scores, softmax (Megatron-LM's fused kernel) reads the half that is not masked.
double bytes_of_scores(const Attention& a, bool has_dropout) {
  const double read = a.direction == Attention::Direction::backward ? 4 : 2;
  const double softmax = (a.causal ? read / 2 : read) + 2;
  return softmax + (has_dropout ? 5 : 0);
}

// No kernel knows of the mask: all pairs are multiplied.
Seconds separately(const Attention& a, const Software& software, const DeviceModel& device) {
  const bool is_backward = a.direction == Attention::Direction::backward;
  const std::int64_t products = a.batch * a.heads;
  const Gemm scores{a.queries, a.keys, a.key_dim, a.type, products};
  const Gemm results{a.queries, a.value_dim, a.keys, a.type, products};
  const Seconds pair =
      price_of(scores, Precision::bf16, device) + price_of(results, Precision::bf16, device);
  const double all_scores = elements(a.batch, a.heads, a.queries, a.keys);
  // Queries, keys and values in, results out: each read and written.
  const double moved = 4.0 * (elements(a.batch, a.heads, a.queries, a.key_dim + a.value_dim) +
                              elements(a.batch, a.kv_heads, a.keys, a.key_dim + a.value_dim));
  const Bytes bytes{all_scores * bytes_of_scores(a, software.has_dropout) + moved};
  const double passes = software.has_dropout ? 6 : 5;
  return pair * (is_backward ? 2 : 1) + bytes / device.memory + device.pass_start * passes;
}

}  // namespace

AttentionPrice price_of(const Attention& a, const Software& software, const DeviceModel& device) {
  const bool is_backward = a.direction == Attention::Direction::backward;
  if (software.attention == AttentionKernel::separate) {
    return {separately(a, software, device), is_backward ? 8.0 : 6.0};
  }
  const AttentionRate& rate = device.attention[static_cast<std::size_t>(software.attention)];
  const double share = is_backward ? rate.backward : rate.forward;
  return {flop_of(a) / (device.peak * (device.clock * share)) + device.kernel_start, 1};
}

}  // namespace shortfall
