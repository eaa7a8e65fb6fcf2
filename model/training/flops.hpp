// The arithmetic of training on one token, in every convention by which MFU is published. Closed
// formulas, independent of the list of steps.
#pragma once

#include "core/units.hpp"
#include "model/training/architecture.hpp"

namespace shortfall {

// Of one token, forward and backward, multiply-add = 2. What all have in common: every product with
// parameters three times (forward, gradient of activations, gradient of weights), no norms, no
// optimizer, no lookup of embeddings.
struct FlopsPerToken {
  Flops causal;    // attention to what came before alone: what has to be computed
  Flops full;      // attention to the whole sequence: Megatron until 2024, MaxText until 2025
  Flops palm;      // 6 N + 12 L H Q T (PaLM, appendix B): N with both embeddings
  Flops hardware;  // what is executed: causal, what is computed again, and the attention kernel's
                   // second product of queries and keys in the backward pass
};

enum class Recompute {
  none,
  selective,   // attention's core again
  operations,  // every second product, and all passes over memory: torchtitan's per-op policy
  full
};

FlopsPerToken flops_per_token(const Architecture& a, std::int64_t seq_len, Recompute recompute);

// Causal, of one token, by the type in which its products are multiplied: in fp8 those of linear
// layers alone, but not the router and the output projection.
struct FlopsByType {
  Flops in_fp8, in_16_bits;
};
FlopsByType flops_by_type(const Architecture& a, std::int64_t seq_len);

}  // namespace shortfall
