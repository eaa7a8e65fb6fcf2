#include "model/prediction.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "model/training/flops.hpp"

namespace shortfall {
namespace {

struct Row {
  std::string_view id, label;
};

// By Loss.
constexpr std::array<Row, losses> rows{{
    {"slowest_class", "waiting for the slowest kind of device"},
    {"clock", "clocks below those of the peak"},
    {"best_shape", "what the best product leaves of that"},
    {"contention", "ranks that compute at the same time"},
    {"shapes", "shapes of this run's products and attention"},
    {"memory", "passes over memory, optimizer"},
    {"recompute", "work done again"},
    {"tensor", "tensor-parallel exchange"},
    {"context", "context-parallel exchange"},
    {"experts", "expert-parallel exchange"},
    {"interference", "computing slowed by moving data"},
    {"dispatch", "devices that wait for their hosts"},
    {"pipeline", "sending between stages"},
    {"bubble", "pipeline bubble"},
    {"imbalance", "stages with less to do"},
    {"data", "parameters and gradients"},
    {"outer", "between clusters"},
    {"stragglers", "waiting for the slowest rank"},
}};

Seconds arithmetic_of(const TrainingRun& run, const SystemModel& system) {
  const DeviceModel& device = system.device;
  const FlopsByType flops = flops_by_type(run.architecture, run.seq_len);
  const double tokens = static_cast<double>(run.batch) * static_cast<double>(run.seq_len);
  const bool has_fp8 = run.precision == Precision::fp8 && device.peak_fp8.value > 0;
  const auto gpus = static_cast<double>(run.gpus);
  return (flops.in_fp8 / (has_fp8 ? device.peak_fp8 : device.peak) +
          flops.in_16_bits / device.peak) *
         (tokens / (gpus * system.mean_peak));
}

// The expected largest of n normally distributed times, in standard deviations above their mean
// (Cramer 1946, the leading term).
double expected_largest(double n) { return n > 1 ? std::sqrt(2 * std::log(n)) : 0; }

// Ranks of a tensor- or expert-parallel group wait for one another in every layer.
double measured_waiting(const TrainingRun& run, const RankWaits& waits) {
  return run.split.tensor > 1 || run.split.experts > 1 ? waits.in_layers : waits.after_step;
}

// Of the slowest of all ranks, over the typical one. Of more ranks than were measured at least what
// these showed.
double waiting_of(const TrainingRun& run, const SystemModel& system) {
  const double expected = system.spread * expected_largest(static_cast<double>(run.gpus));
  if (!system.slowest) return expected;
  const bool are_measured = run.gpus <= system.measured_ranks;
  const double measured = measured_waiting(run, *system.slowest);
  return are_measured ? measured : std::max(expected, measured);
}

Mfu mfu_of(const TrainingRun& run, const SystemModel& system, Seconds time, Seconds arithmetic) {
  const FlopsPerToken each = flops_per_token(run.architecture, run.seq_len, run.recompute);
  const double tokens = static_cast<double>(run.batch) * static_cast<double>(run.seq_len);
  const Throughput peak = run.peak.value_or(system.device.peak * system.mean_peak);
  const Flops at_peak{peak.value * static_cast<double>(run.gpus) * time.value};
  return {.causal = each.causal * tokens / at_peak,
          .full = each.full * tokens / at_peak,
          .palm = each.palm * tokens / at_peak,
          .hardware = each.hardware * tokens / at_peak,
          .weighted = arithmetic / time,
          .peak_used = peak};
}

// Shares are differences of cumulated shares, each rounded once: whatever is rounded, they add up.
class Waterfall {
 public:
  explicit Waterfall(Seconds whole) : whole_(whole) {}

  void up_to(std::string_view id, std::string_view label, Seconds time) {
    const std::int64_t share = std::llround(time / whole_ * 1e12);
    rows_.push_back({id, label, time - before_, share - share_before_});
    before_ = time;
    share_before_ = share;
  }
  std::vector<WaterfallRow> take() && { return std::move(rows_); }

 private:
  Seconds whole_, before_;
  std::int64_t share_before_ = 0;
  std::vector<WaterfallRow> rows_;
};

std::vector<WaterfallRow> waterfall_of(const Costs& costs, const Reality& reality, double factor,
                                       std::optional<Seconds> measured) {
  const Seconds modelled = step_time(costs, reality, losses);
  Waterfall all(measured.value_or(modelled * factor));
  all.up_to("delivered", "the model's own arithmetic, at the peak", reality.arithmetic);
  for (int loss = 0; loss < losses; ++loss) {
    const Row& row = rows[static_cast<std::size_t>(loss)];
    all.up_to(row.id, row.label, step_time(costs, reality, loss + 1));
  }
  if (factor != 1)
    all.up_to("stack", "what other runs of its source take besides", modelled * factor);
  if (measured) all.up_to("residual", "not explained", *measured);
  return std::move(all).take();
}

// Small enough to stay on one side of nearly all kinks, large enough for differences of doubles.
constexpr double nudge = 1e-4;

std::vector<Elasticity> elasticity_of(const TrainingRun& run, const SystemModel& system) {
  std::vector<Elasticity> all;
  for (int i = 0; i < resources; ++i) {
    const auto resource = static_cast<Resource>(i);
    const Seconds slower = predicted_step(run, with_more(system, resource, std::exp(-nudge)));
    const Seconds faster = predicted_step(run, with_more(system, resource, std::exp(nudge)));
    all.push_back({resource, std::log(slower / faster) / (2 * nudge)});
  }
  return all;
}

}  // namespace

std::string_view name_of(Resource resource) {
  constexpr std::array<std::string_view, resources> names{"compute",
                                                          "memory",
                                                          "scale_up_bandwidth",
                                                          "scale_out_bandwidth",
                                                          "scale_up_latency",
                                                          "scale_out_latency",
                                                          "between_clusters",
                                                          "dispatch"};
  return names[static_cast<std::size_t>(resource)];
}

Reality reality_of(const TrainingRun& run, const SystemModel& system) {
  const DeviceModel& device = system.device;
  return {.arithmetic = arithmetic_of(run, system),
          .mean_peak = system.mean_peak,
          .clock = device.clock,
          .best_shape = device.best_shape,
          .contention = device.contention,
          .waiting = waiting_of(run, system),
          .waits_in_computing = system.slowest.has_value(),
          .run = &run};
}

SystemModel with_more(SystemModel system, Resource resource, double times) {
  DeviceModel& device = system.device;
  switch (resource) {
    case Resource::compute:
      device.clock *= times;
      device.without_matrix_units = device.without_matrix_units * times;
      device.odd_rows *= times;
      device.kernel_start = device.kernel_start / times;
      break;
    case Resource::memory:
      device.memory = device.memory * times;
      device.pass_start = device.pass_start / times;
      break;
    case Resource::scale_up:
      system.scale_up.promised = system.scale_up.promised * times;
      break;
    case Resource::scale_out:
      system.scale_out.promised = system.scale_out.promised * times;
      break;
    case Resource::scale_up_latency:
      system.scale_up.start = system.scale_up.start / times;
      system.scale_up.hop = system.scale_up.hop / times;
      break;
    case Resource::scale_out_latency:
      system.scale_out.start = system.scale_out.start / times;
      system.scale_out.hop = system.scale_out.hop / times;
      break;
    case Resource::between_clusters:
      system.between_clusters = system.between_clusters * times;
      break;
    case Resource::dispatch:
      system.dispatch.forward = system.dispatch.forward / times;
      system.dispatch.backward = system.dispatch.backward / times;
      break;
  }
  return system;
}

Seconds predicted_step(const TrainingRun& run, const SystemModel& system) {
  return step_time(costs_of(run, system), reality_of(run, system), losses);
}

RunPrediction predict(const TrainingRun& run, const SystemModel& system, double factor) {
  const Costs costs = costs_of(run, system);
  const Reality reality = reality_of(run, system);
  RunPrediction prediction;
  prediction.is_on_measured = !system.sources.empty();
  prediction.step = step_time(costs, reality, losses) * factor;
  prediction.factor = factor;
  prediction.mfu = mfu_of(run, system, prediction.step, reality.arithmetic);
  prediction.waterfall = waterfall_of(costs, reality, factor, run.measured);
  prediction.elasticity = elasticity_of(run, system);
  return prediction;
}

Mfu mfu_at(const TrainingRun& run, const SystemModel& system, Seconds step) {
  return mfu_of(run, system, step, arithmetic_of(run, system));
}

}  // namespace shortfall
