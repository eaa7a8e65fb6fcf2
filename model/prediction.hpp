// What the model says of a training run on a System: its time, its MFU, and where each lost FLOP
// goes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "model/step_time/assembly.hpp"

namespace shortfall {

// FLOP of the convention / (time x GPUs x peak of 16-bit products). `weighted` is causal, each
// product over the peak of the type in which it is multiplied: sum of F_i / P_i over time.
struct Mfu {
  double causal = 0, full = 0, palm = 0, hardware = 0, weighted = 0;
  Throughput peak_used;  // of one GPU, the mean of several kinds
};

struct WaterfallRow {
  std::string_view id, label;
  Seconds delta;           // negative: it gives time back
  std::int64_t share = 0;  // of the step, in parts per 10^12; all rows together are exactly 10^12
};

// What a step's time is proportional to.
enum class Resource {
  compute,
  memory,
  scale_up,
  scale_out,
  scale_up_latency,
  scale_out_latency,
  between_clusters,
  dispatch
};
inline constexpr int resources = 8;
std::string_view name_of(Resource resource);

// -d ln(time) / d ln(rate): how many percent of its time a step is shorter with one percent more of
// a resource. Latencies count by their inverse. Away from kinks they add up to one.
struct Elasticity {
  Resource resource;
  double value;
};

struct RunPrediction {
  bool is_on_measured = false;  // system, or on published efficiencies
  Seconds step;                 // calibrated, if a factor was given
  double factor = 1;            // what the stack takes besides all that is modelled
  Mfu mfu;                      // at that time
  std::vector<WaterfallRow> waterfall;
  std::vector<Elasticity> elasticity;
};

// `factor`: what was found on other runs of the same source. A run that was measured gets its
// residual as a row, and rows are shares of the measured time.
RunPrediction predict(const TrainingRun& run, const SystemModel& system, double factor = 1);

// What step_time() asks for besides costs.
Reality reality_of(const TrainingRun& run, const SystemModel& system);

// Of a step of that time.
Mfu mfu_at(const TrainingRun& run, const SystemModel& system, Seconds step);

// Of predict() the time alone: what a search asks for.
Seconds predicted_step(const TrainingRun& run, const SystemModel& system);

// A copy of which a resource's rate is `times` as high.
SystemModel with_more(SystemModel system, Resource resource, double times);

}  // namespace shortfall
