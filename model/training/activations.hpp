// What the forward pass keeps of one micro-batch for the backward pass, on one rank.
#pragma once

#include "model/training/stage_rank.hpp"

namespace shortfall {

// Of one layer, without experts and with.
struct LayerActivations {
  Bytes dense, sparse;
};

// Korthikanti et al. 2022 (arXiv 2205.05198, section 4), generalised from their MLP of four times
// the width and their heads: tokens * hidden * 34 bytes there. Attention's core is one kernel that
// keeps no matrix of scores, as after their selective recomputation.
LayerActivations all_activations(const StageRank& rank);

// With full recomputation no more than a layer's input.
LayerActivations kept_activations(const StageRank& rank);

Bytes embedding_activations(const StageRank& rank);  // of the first stage
Bytes output_activations(const StageRank& rank);     // of the last stage
}  // namespace shortfall
