// Where bandwidth, and where latency, ends the scaling of dense models: without any search, from
// the two numbers of a node that matter.
#pragma once

#include "core/units.hpp"
#include "model/limits/accelerator.hpp"

namespace shortfall {

// How the batch grows faster than the layers: batch/layers = b0/L0 * (T/T0)^alpha.
struct GrowthLaw {
  double alpha = 0;
  Flops start{3e23};
  double batch_tokens = 4e6, layers = 100;  // at the start
  Seconds duration{365.25 / 4 * 86400};
};

struct NodeLimits {
  double multiply_adds_per_s = 0, network_words_per_s = 0, memory_words_per_s = 0;  // of a node
  double nanobatch = 0;         // tokens for which a product takes as long as reading its weights
  double activation_shard = 0;  // width for which it takes as long as sending its result
  Flops end_of_linear_scaling;
};

NodeLimits bandwidth_limit(const Accelerator& gpu, const GrowthLaw& law);

// `per_product` is what one product cannot be faster than: its start and its messages.
Flops latency_limit(Seconds per_product, const GrowthLaw& law);

// A product's start and two all-reduces over two levels: what the paper puts at 9 us.
Seconds product_latency(const Accelerator& gpu);

}  // namespace shortfall
