#include "model/limits/study.hpp"

#include <algorithm>
#include <functional>
#include <limits>

namespace shortfall {
namespace {

constexpr double infinite = std::numeric_limits<double>::infinity();

Variant variant_of(std::string name, const Scenario& scenario, const Assumptions& assumed) {
  Variant variant{.name = std::move(name), .frontier = frontier(scenario, assumed)};
  const double threshold = linear_threshold(scenario.gpu, assumed);
  variant.linear_end = end_of_linear_scaling(variant.frontier, threshold);
  variant.smoothed_end = smoothed_end(variant.frontier, threshold);
  variant.last_feasible = last_feasible(variant.frontier);
  if (scenario.batch != BatchRule::critical) return variant;
  variant.bandwidth_form = bandwidth_limit(scenario.gpu, {}).end_of_linear_scaling;
  variant.latency_form = latency_limit(product_latency(scenario.gpu), {});
  return variant;
}

void scale_bandwidth(Accelerator& gpu, double factor) {
  for (NetworkLevel& level : gpu.network) level.both_ways = level.both_ways * factor;
}

void scale_hops(Accelerator& gpu, double factor) {
  for (NetworkLevel& level : gpu.network) level.latency = level.latency * factor;
}

void scale_latency(Accelerator& gpu, double factor) {
  gpu.product_latency = gpu.product_latency * factor;
  scale_hops(gpu, factor);
}

struct Change {
  std::string name;
  std::function<void(Scenario&)> apply;
};

std::vector<Change> purchases() {
  return {
      {"all latencies halved", [](Scenario& s) { scale_latency(s.gpu, 0.5); }},
      {"network latency halved", [](Scenario& s) { scale_hops(s.gpu, 0.5); }},
      {"launch latency halved",
       [](Scenario& s) { s.gpu.product_latency = s.gpu.product_latency / 2; }},
      {"all latencies a tenth", [](Scenario& s) { scale_latency(s.gpu, 0.1); }},
      {"network bandwidth doubled", [](Scenario& s) { scale_bandwidth(s.gpu, 2); }},
      {"between nodes doubled",
       [](Scenario& s) { s.gpu.network.back().both_ways = s.gpu.network.back().both_ways * 2; }},
      {"node bandwidth everywhere",
       [](Scenario& s) {
         for (NetworkLevel& level : s.gpu.network) {
           level.both_ways = s.gpu.network.front().both_ways;
         }
       }},
      {"memory bandwidth doubled", [](Scenario& s) { s.gpu.memory_rate = s.gpu.memory_rate * 2; }},
      {"arithmetic doubled", [](Scenario& s) { s.gpu.flop_per_clock_per_thread *= 2; }},
      {"batch fixed at its start", [](Scenario& s) { s.batch = BatchRule::fixed; }},
      {"batch by DeepSeek's law", [](Scenario& s) { s.batch = BatchRule::optimistic; }}};
}

Variant changed(const Change& change, Scenario scenario, const Assumptions& assumed) {
  change.apply(scenario);
  return variant_of(change.name, scenario, assumed);
}

}  // namespace

LimitsStudy study_of(const Accelerator& gpu, const Assumptions& assumed) {
  const Scenario base{.gpu = gpu};
  const Change fast{"infinite bandwidth", [](Scenario& s) { scale_bandwidth(s.gpu, infinite); }};
  const Change prompt{"no latency", [](Scenario& s) { scale_latency(s.gpu, 0); }};
  const Change large{"DeepSeek's batches", [](Scenario& s) { s.batch = BatchRule::optimistic; }};
  LimitsStudy study{.gpu = gpu,
                    .threshold = linear_threshold(gpu, assumed),
                    .duration = assumed.run(),
                    .per_product = product_latency(gpu),
                    .base = variant_of("as it is", base, assumed),
                    .no_bandwidth_limit = changed(fast, base, assumed),
                    .no_latency = changed(prompt, base, assumed),
                    .larger_batch = changed(large, base, assumed)};
  for (const Change& change : purchases()) study.changes.push_back(changed(change, base, assumed));
  return study;
}

Taken taken_at(const LimitsStudy& study, std::size_t point) {
  const double used = study.base.frontier.points[point].utilization();
  const auto more = [&](const Variant& variant) -> std::optional<double> {
    const auto& points = variant.frontier.points;
    if (point >= points.size()) return std::nullopt;
    return points[point].utilization() - used;
  };
  return {more(study.no_bandwidth_limit), more(study.no_latency), more(study.larger_batch)};
}

std::string_view bent_by(const Taken& taken) {
  constexpr double worth_naming = 0.005;
  const double bandwidth = taken.bandwidth.value_or(0), latency = taken.latency.value_or(0);
  if (std::max(bandwidth, latency) < worth_naming) return "";
  return bandwidth >= latency ? "bandwidth" : "latency";
}

}  // namespace shortfall
