// One step of training: what the model predicts, executed from its first product to its last.
#include "workload/axes.hpp"

namespace shortfall {

Benchmark training_step() {
  return {.name = "training_step",
          .suite = Suite::workload,
          .summary = "a step of training a transformer: forward, backward, gradients, optimizer",
          .axes = whole_step_axes()};
}

}  // namespace shortfall
