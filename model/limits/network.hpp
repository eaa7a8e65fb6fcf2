// Time of communication over a network of levels. Costs are those of the whole cluster: all words
// that move, over the bandwidth of all GPUs.
#pragma once

#include <array>
#include <cstdint>

#include "model/limits/accelerator.hpp"

namespace shortfall {

// How many ways something is cut at each level of the network, lowest first; 1 above the highest.
using LevelSplit = std::array<std::int64_t, most_levels>;
constexpr LevelSplit unsplit = {1, 1, 1, 1};
std::int64_t ways(const LevelSplit& split);  // at all levels together

struct Delay {
  Seconds latency, bandwidth;
};

// `in_sequence` operations of `in_parallel` groups each; fractions are averages.
struct Repeats {
  double in_sequence = 1, in_parallel = 1;
};

struct Cluster {
  const Accelerator& gpu;
  double gpus;
};

Delay all_reduce(const Cluster& cluster, std::size_t level, std::int64_t participants, double words,
                 Repeats repeats);
Delay point_to_point(const Cluster& cluster, std::size_t level, double words, Repeats repeats);

// All layers, forwards and backwards, of a product cut along both widths.
struct WidthSplit {
  LevelSplit model = unsplit, ff = unsplit;
};
Delay tensor_parallel(const Cluster& cluster, const WidthSplit& split, double d_model, double d_ff,
                      double layers, double batch_tokens);

// The sum of the gradients of all parameters.
Delay data_parallel(const Cluster& cluster, const LevelSplit& split, double parameters);

// Activations on their way from layer to layer, between pipeline stages and between experts.
struct Passing {
  LevelSplit stages = unsplit, experts = unsplit;
  std::int64_t interleave = 1;  // chunks of layers that each stage holds
};
Delay pass_activations(const Cluster& cluster, const Passing& passing, double d_model,
                       double layers, double batch_tokens);

}  // namespace shortfall
