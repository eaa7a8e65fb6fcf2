// One token of inference: what the model predicts, executed from its first product to its last.
#include "workload/axes.hpp"

namespace shortfall {

Benchmark decode_step() {
  // Tokens follow one another. Longer than a time slice: see step_of().
  constexpr Seconds sample_time{0.02};
  return {.name = "decode_step",
          .suite = Suite::workload,
          .summary = "one token of every sequence: thin products, the cache of keys and values",
          .axes = whole_step_axes(),
          .sample_time = sample_time};
}

}  // namespace shortfall
