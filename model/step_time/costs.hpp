// What the parts of one training step cost on a System, before they are put together: of each
// stage of the pipeline, for one micro-batch, by what the time goes to.
#pragma once

#include <array>
#include <vector>

#include "model/system/system.hpp"
#include "model/training/step.hpp"

namespace shortfall {

// One pass of one micro-batch through what a rank has of the model.
struct PassCost {
  Seconds products;      // and attention
  Seconds attention;     // part of `products`
  Seconds beyond_model;  // part of `products` that the model's arithmetic does not ask for
  Seconds memory;
  Seconds tensor, context, experts;  // exchanges that nothing hides
  Seconds hideable_tensor;           // a part of `tensor` that may run beside products
  Seconds hideable_context;          // a part of `context` that may run beside attention
  Seconds parameters;                // exchanges of parameters and gradients beside all that
  Seconds slowed;                    // what is computed takes longer while data are moved
  Seconds pipeline;                  // sending to neighbouring stages
  Seconds dispatch;                  // of the host, beside all that

  PassCost& operator+=(const PassCost& other);
};
PassCost operator*(const PassCost& cost, double times);

// Of one micro-batch, by StepPhase.
using Passes = std::array<PassCost, 3>;

struct StageCost {
  Passes layers;           // and all that is exchanged beside them
  Passes ends;             // embedding; output and loss
  Seconds gather, reduce;  // of parameters and gradients, once for each step
  Seconds outer;           // between clusters, the mean of a step
  Seconds optimizer;
  double layer_count = 0;

  const Passes& of(StepBlock block) const { return is_end(block) ? ends : layers; }
  Passes& of(StepBlock block) { return is_end(block) ? ends : layers; }

 private:
  static bool is_end(StepBlock block) {
    return block == StepBlock::embedding || block == StepBlock::output;
  }
};

// Of stages that differ: the first, the last, and of those between them one for each number of
// layers.
struct StageKind {
  StageCost cost;
  double stages = 1;  // alike
};

struct Costs {
  std::vector<StageKind> stages;
  double micro_batches = 1;
};

Costs costs_of(const TrainingRun& run, const SystemModel& system);

}  // namespace shortfall
