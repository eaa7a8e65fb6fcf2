#include "model/limits/training.hpp"

#include <algorithm>

#include "model/limits/matmul.hpp"

namespace shortfall {
namespace {

// What activations that are computed again instead of kept add to products, and to their messages.
double products_again(const Habits& habits) { return habits.recompute ? 4.0 / 3 : 1; }
double messages_again(const Habits& habits) { return habits.recompute ? 3.0 / 2 : 1; }

Cluster cluster_of(const Division& division, const Accelerator& gpu) {
  return {gpu, static_cast<double>(division.gpus())};
}

Delay operator*(const Delay& delay, double factor) {
  return {delay.latency * factor, delay.bandwidth * factor};
}

}  // namespace

std::int64_t Division::gpus() const {
  return ways(data) * ways(stages) * ways(experts) * ways(widths.model) * ways(widths.ff);
}

std::int64_t micro_batch_tokens(const LimitRun& run, const Division& division) {
  // One after the other: the product of the three may be too large for an integer.
  return run.batch_sequences * run.sequence / ways(division.data) / division.micro_batches /
         run.model.experts;
}

Seconds layer_time(const TrainedModel& model, std::int64_t model_ways, std::int64_t ff_ways,
                   std::int64_t tokens, const Accelerator& gpu, const Assumptions& assumed) {
  const auto wide = static_cast<double>(model.d_ff / ff_ways);
  const auto narrow = static_cast<double>(model.d_model / model_ways);
  const auto batch = static_cast<double>(tokens);
  const auto time = [&](double d1, double d2, bool for_gradients) {
    return product_time({d1, d2, batch, for_gradients}, gpu, assumed);
  };
  // Each matrix forwards, backwards to its input and backwards to its weights.
  return (time(wide, narrow, false) + time(narrow, wide, false)) * 2 + time(wide, narrow, true) +
         time(narrow, wide, true);
}

Seconds products_of_step(const LimitRun& run, const Division& division, Seconds layer) {
  const auto layers = static_cast<double>(run.model.layers / ways(division.stages));
  const auto experts = static_cast<double>(run.model.experts / ways(division.experts));
  const auto micro_batches = static_cast<double>(division.micro_batches);
  return layer * (layers * experts * micro_batches) * products_again(run.habits);
}

double idle_share(const Division& division) {
  if (division.zero_bubble) return 0;
  const auto stages = static_cast<double>(ways(division.stages));
  const auto interleave = static_cast<double>(division.interleave);
  const auto micro_batches = static_cast<double>(division.micro_batches);
  const double waits = (interleave - 1) * std::max(0.0, stages - micro_batches);
  const double idle = waits + stages - 1;
  return idle / (idle + interleave * micro_batches);
}

Seconds arithmetic_time(const LimitRun& run, double gpus, const Accelerator& gpu) {
  const double active =
      static_cast<double>(run.model.parameters()) / static_cast<double>(run.model.experts);
  return Flops{6 * active * run.batch_tokens()} / (gpu.peak() * gpus);
}

Delay width_delay(const LimitRun& run, const Division& division, const Accelerator& gpu) {
  return tensor_parallel(cluster_of(division, gpu), division.widths,
                         static_cast<double>(run.model.d_model),
                         static_cast<double>(run.model.d_ff), static_cast<double>(run.model.layers),
                         run.batch_tokens()) *
         messages_again(run.habits);
}

Delay activation_delay(const LimitRun& run, const Division& division, const Accelerator& gpu) {
  return pass_activations(cluster_of(division, gpu),
                          {division.stages, division.experts, division.interleave},
                          static_cast<double>(run.model.d_model),
                          static_cast<double>(run.model.layers), run.batch_tokens()) *
         messages_again(run.habits);
}

Delay data_delay(const LimitRun& run, const Division& division, const Accelerator& gpu) {
  return data_parallel(cluster_of(division, gpu), division.data,
                       static_cast<double>(run.model.parameters()));
}

Seconds combined(const StepTime& time, const Division& division, const Habits& habits) {
  const Seconds stages = time.activations.bandwidth, widths = time.widths.bandwidth;
  const Seconds hidden = stages * habits.overlap_stages + widths * habits.overlap_widths;
  const Seconds exposed =
      stages * (1 - habits.overlap_stages) + widths * (1 - habits.overlap_widths);
  Seconds pipeline = (std::max(time.products, hidden) + exposed) / (1 - time.bubble);
  if (!division.zero_bubble) {  // whose schedule fills the waits for messages with other work
    pipeline = pipeline + time.widths.latency + time.activations.latency;
  }
  const Seconds data = time.data.bandwidth;
  return (habits.overlap_data ? std::max(pipeline, data) : pipeline + data) + time.data.latency;
}

StepTime step_time(const LimitRun& run, const Division& division, const Accelerator& gpu,
                   const Assumptions& assumed) {
  const Seconds layer = layer_time(run.model, ways(division.widths.model), ways(division.widths.ff),
                                   micro_batch_tokens(run, division), gpu, assumed);
  StepTime time{.arithmetic = arithmetic_time(run, static_cast<double>(division.gpus()), gpu),
                .products = products_of_step(run, division, layer),
                .widths = width_delay(run, division, gpu),
                .activations = activation_delay(run, division, gpu),
                .data = data_delay(run, division, gpu),
                .bubble = idle_share(division)};
  time.step = combined(time, division, run.habits);
  return time;
}

bool fits_memory(const TrainedModel& model, double gpus, double data_ways, const Accelerator& gpu,
                 const Assumptions& assumed) {
  const Bytes weights{static_cast<double>(model.parameters()) * gpu.word_bytes()};
  return gpu.memory * gpus >= weights * (data_ways + assumed.optimizer_copies);
}

}  // namespace shortfall
