// How models grow with the training compute: shape, parameters, tokens, batch.
#pragma once

#include <cstdint>
#include <vector>

#include "core/units.hpp"
#include "model/limits/assumptions.hpp"

namespace shortfall {

// Only the two large matrices of each layer are modelled, each d_model x d_ff, once per expert.
struct TrainedModel {
  std::int64_t d_model = 0, d_ff = 0, layers = 0;
  std::int64_t experts = 1;  // 1 = dense
  double tokens_per_parameter = 20;

  // Counts, whole up to 2^64: a double would lose the last digits.
  long double parameters() const;
  long double tokens() const;
  Flops training() const;  // of the active parameters
};

enum class Sparsity { dense, sparse };

// Layers, and experts if sparse, follow the width.
TrainedModel model_of_width(std::int64_t d_model, std::int64_t d_ff, Sparsity sparsity,
                            const Assumptions& assumed);

enum class BatchRule { fixed, critical, optimistic };  // by what law the batch grows with compute

// Sequences per step.
std::int64_t batch_sequences(const TrainedModel& model, BatchRule rule, const Assumptions& assumed);

// Widths of the sweep, ascending: odd significands below 16 times powers of two, over a factor 128.
std::vector<std::int64_t> swept_widths();

}  // namespace shortfall
