// What one GPU of a stage must hold: whether a split of a training run fits.
#pragma once

#include "core/units.hpp"
#include "model/training/step.hpp"

namespace shortfall {

// At the fullest moment. Workspaces of libraries, their buffers and fragmentation come on top.
struct MemoryUse {
  Bytes parameters;   // in the type that is multiplied; sharded ones with the layers in use
  Bytes gradients;    // likewise
  Bytes optimizer;    // a copy of the parameters and two moments in 32 bits
  Bytes activations;  // kept for the backward pass, of all micro-batches in flight
  Bytes output;       // logits and what leads to them, on the last stage

  Bytes total() const { return parameters + gradients + optimizer + activations + output; }
};

MemoryUse memory(const TrainingRun& run, const Stage& stage);

// Micro-batches whose activations a rank of that stage keeps at once, each counted as a whole
// stage.
double micro_batches_in_flight(const TrainingRun& run, const Stage& stage);

}  // namespace shortfall
