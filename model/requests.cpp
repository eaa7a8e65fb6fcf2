#include "model/requests.hpp"

#include <algorithm>
#include <array>

#include "model/prediction.hpp"
#include "model/step_time/step_costs.hpp"

namespace shortfall {
namespace {

using TimeMember = Seconds PassCost::*;

// With what is a part of each: both grow together.
struct Kind {
  TimeMember time;
  std::array<TimeMember, 1> parts;
};
constexpr std::array<Kind, 7> kinds{{{&PassCost::products, {&PassCost::attention}},
                                     {&PassCost::memory, {&PassCost::memory}},
                                     {&PassCost::tensor, {&PassCost::hideable_tensor}},
                                     {&PassCost::context, {&PassCost::hideable_context}},
                                     {&PassCost::experts, {&PassCost::experts}},
                                     {&PassCost::parameters, {&PassCost::parameters}},
                                     {&PassCost::pipeline, {&PassCost::pipeline}}}};
constexpr double nudge = 1e-4;

PassCost grown(PassCost cost, const Kind& kind) {
  cost.*kind.time = cost.*kind.time * (1 + nudge);
  if (kind.parts[0] != kind.time) cost.*kind.parts[0] = cost.*kind.parts[0] * (1 + nudge);
  return cost;
}

using PassMember = Passes StageCost::*;
constexpr std::array<PassMember, 2> pieces{&StageCost::layers, &StageCost::ends};

// Of the step's time to the time of each kind, in each pass of a piece.
using Sensitivities = std::array<std::array<double, kinds.size()>, 3>;

Sensitivities sensitivities_of(const Costs& costs, const Reality& reality, PassMember piece) {
  const Seconds before = step_time(costs, reality, losses);
  Sensitivities all{};
  for (std::size_t pass = 0; pass < all.size(); ++pass) {
    for (std::size_t kind = 0; kind < kinds.size(); ++kind) {
      Costs more = costs;
      for (StageKind& stage : more.stages) {
        PassCost& cost = (stage.cost.*piece)[pass];
        cost = grown(cost, kinds[kind]);
      }
      all[pass][kind] = (step_time(more, reality, losses) - before) / before / nudge;
    }
  }
  return all;
}

void count(std::vector<MeasurementRequest>& all, const Step& step, double weight) {
  const auto same = std::find_if(all.begin(), all.end(), [&](const MeasurementRequest& request) {
    return request.operation == step.operation && request.axis == step.axis &&
           request.group == step.group && request.precision == step.precision;
  });
  if (same != all.end()) {
    same->weight += weight;
  } else {
    all.push_back({step.operation, step.axis, step.group, step.precision, weight});
  }
}

// The part of the step's time that grows with this Step's.
double weight_of(const Step& step, double rounds, const Passes& passes,
                 const Sensitivities& sensitivities, const TrainingRun& run,
                 const SystemModel& system) {
  PassCost once;
  add(once, step, 1, run, system);
  const auto pass = static_cast<std::size_t>(step.phase);
  const PassCost& whole = passes[pass];
  double weight = 0;
  for (std::size_t kind = 0; kind < kinds.size(); ++kind) {
    const Seconds all = whole.*kinds[kind].time;
    if (all.value <= 0) continue;
    weight += sensitivities[pass][kind] * (once.*kinds[kind].time * rounds / all);
  }
  return weight;
}

// The one whose micro-batch takes longest: others wait for it.
Stage slowest_stage(const TrainingRun& run, const Costs& costs, StageCost& cost) {
  const std::vector<Stage> all = stages(run);
  const auto time = [](const StageKind& kind) {
    Seconds sum;
    for (const PassMember piece : pieces) {
      for (const PassCost& pass : kind.cost.*piece) sum = sum + pass.products + pass.memory;
    }
    return sum;
  };
  const auto slowest =
      std::max_element(costs.stages.begin(), costs.stages.end(),
                       [&](const auto& a, const auto& b) { return time(a) < time(b); });
  cost = slowest->cost;
  double before = 0;
  for (auto kind = costs.stages.begin(); kind != slowest; ++kind) before += kind->stages;
  return all[static_cast<std::size_t>(before)];
}

}  // namespace

std::vector<MeasurementRequest> requests(const TrainingRun& run, const SystemModel& system,
                                         double least) {
  const Costs costs = costs_of(run, system);
  const Reality reality = reality_of(run, system);
  const Sensitivities of_layers = sensitivities_of(costs, reality, &StageCost::layers),
                      of_ends = sensitivities_of(costs, reality, &StageCost::ends);
  StageCost cost;
  const Stage stage = slowest_stage(run, costs, cost);
  const double rounds = 1 / costs.micro_batches;
  std::vector<MeasurementRequest> all;
  for (const Step& step : steps(run, stage)) {
    if (step.phase == StepPhase::finish) continue;
    const Passes& passes = cost.of(step.block);
    const Sensitivities& sensitivities = &passes == &cost.ends ? of_ends : of_layers;
    count(all, step, weight_of(step, step.times * rounds, passes, sensitivities, run, system));
  }
  std::erase_if(all, [&](const MeasurementRequest& request) { return request.weight <= least; });
  std::sort(all.begin(), all.end(), [](const MeasurementRequest& a, const MeasurementRequest& b) {
    return a.weight > b.weight;
  });
  return all;
}

}  // namespace shortfall
