// What takes time away from a step, and what of it does not depend on its parts.
#pragma once

#include "model/step_time/costs.hpp"

namespace shortfall {

// What takes time away, in the order in which a waterfall lets it in.
enum class Loss {
  slowest_class,  // of devices: the others wait for it
  clock,          // below the one for which the peak is printed
  best_shape,     // that the best product leaves
  contention,     // that ranks leave each other which compute at the same time
  shapes,         // that the run's own products and attention leave
  memory,         // passes over memory, the optimizer
  recompute,      // products and passes done again, products that the arithmetic does not ask for
  tensor,
  context,
  experts,
  interference,  // computing while data are moved
  dispatch,      // devices that wait for their hosts
  pipeline,      // sending between stages
  bubble,        // stages that wait for the first and for the last micro-batch
  imbalance,     // stages that wait for the one that has most to do
  data,          // parameters and gradients
  outer,         // between clusters
  stragglers     // ranks that wait for the slowest of many alike
};
inline constexpr int losses = 18;

// What does not depend on parts.
struct Reality {
  Seconds arithmetic;  // of the model, at the datasheets' peaks
  double mean_peak = 1;
  double clock = 1, best_shape = 1, contention = 1;
  double waiting = 0;  // of the slowest of all ranks, over the mean
  // Only while it computes: exchanges were measured with the slowest rank among others.
  bool waits_in_computing = false;
  const TrainingRun* run = nullptr;
};

}  // namespace shortfall
