// Time of one training step on a cluster, for one way of dividing the work.
#pragma once

#include "model/limits/network.hpp"
#include "model/limits/scaling.hpp"

namespace shortfall {

struct Division {
  LevelSplit data = unsplit, stages = unsplit, experts = unsplit;
  WidthSplit widths;
  std::int64_t micro_batches = 1;
  std::int64_t interleave = 1;
  bool zero_bubble = false;  // a schedule that keeps every stage busy

  std::int64_t gpus() const;
};

// Which share of the communication hides behind arithmetic, and whether activations are computed
// again instead of kept.
struct Habits {
  double overlap_widths = 1, overlap_stages = 1;
  bool overlap_data = false;
  bool recompute = false;
};

struct LimitRun {
  TrainedModel model;
  std::int64_t batch_sequences = 0, sequence = 2048;
  Habits habits;

  double batch_tokens() const {
    return static_cast<double>(batch_sequences) * static_cast<double>(sequence);
  }
  double steps() const { return static_cast<double>(model.tokens()) / batch_tokens(); }
};

struct StepTime {
  Seconds arithmetic;  // at the peak of the datasheet
  Seconds products;
  Delay widths, activations, data;
  double bubble = 0;  // idle share of a pipeline
  Seconds step;

  double utilization() const { return arithmetic / step; }
  Seconds latency() const { return widths.latency + activations.latency + data.latency; }
};

// Tokens of one expert in one micro-batch on one GPU.
std::int64_t micro_batch_tokens(const LimitRun& run, const Division& division);

// Of the products of one layer and one micro-batch, forwards and backwards.
Seconds layer_time(const TrainedModel& model, std::int64_t model_ways, std::int64_t ff_ways,
                   std::int64_t tokens, const Accelerator& gpu, const Assumptions& assumed);

// Of all layers and micro-batches that a GPU works off in one step.
Seconds products_of_step(const LimitRun& run, const Division& division, Seconds layer);

double idle_share(const Division& division);

// At the peak of the datasheet.
Seconds arithmetic_time(const LimitRun& run, double gpus, const Accelerator& gpu);

StepTime step_time(const LimitRun& run, const Division& division, const Accelerator& gpu,
                   const Assumptions& assumed);

// Its parts, for searches that need not compute all of them for every division.
Delay width_delay(const LimitRun& run, const Division& division, const Accelerator& gpu);
Delay activation_delay(const LimitRun& run, const Division& division, const Accelerator& gpu);
Delay data_delay(const LimitRun& run, const Division& division, const Accelerator& gpu);
Seconds combined(const StepTime& parts, const Division& division, const Habits& habits);

// Whether the weights, their gradients and the optimizer fit; activations are left out.
bool fits_memory(const TrainedModel& model, double gpus, double data_ways, const Accelerator& gpu,
                 const Assumptions& assumed);

}  // namespace shortfall
