#include "model/step_time/costs.hpp"

#include <algorithm>
#include <array>

#include "model/step_time/step_costs.hpp"

namespace shortfall {
namespace {

constexpr std::array parts{
    &PassCost::at_peak,    &PassCost::at_clock,        &PassCost::at_best,
    &PassCost::products,   &PassCost::attention,       &PassCost::beyond_model,
    &PassCost::memory,     &PassCost::tensor,          &PassCost::context,
    &PassCost::experts,    &PassCost::hideable_tensor, &PassCost::hideable_context,
    &PassCost::parameters, &PassCost::slowed,          &PassCost::pipeline,
    &PassCost::dispatch};

using BlockCosts = std::array<Passes, blocks>;

BlockCosts block_costs(const TrainingRun& run, const SystemModel& system) {
  BlockCosts costs;
  for (const Step& step : block_steps(run)) {
    PassCost once;
    add(once, step, run, system);
    costs[static_cast<std::size_t>(step.block)][static_cast<std::size_t>(step.phase)] +=
        once * step.times;
  }
  return costs;
}

void add_blocks(StageCost& stage, const BlockCosts& of, const BlockCounts& counts) {
  for (std::size_t block = 0; block < blocks; ++block) {
    Passes& sum = stage.of(static_cast<StepBlock>(block));
    for (std::size_t pass = 0; pass < sum.size(); ++pass) {
      sum[pass] += of[block][pass] * counts[block];
    }
  }
}

void add_finish(StageCost& stage, const Step& step, const TrainingRun& run,
                const SystemModel& system) {
  if (std::holds_alternative<MemoryPass>(step.operation)) {
    PassCost pass;
    add(pass, step, run, system);
    stage.optimizer = stage.optimizer + pass.memory * step.times;
    return;
  }
  Seconds& sum = step.part == StepPart::outer_reduction    ? stage.outer
                 : step.part == StepPart::parameter_gather ? stage.gather
                                                           : stage.reduce;
  sum = sum + exchange_time(step, run, system);
}

void add_parameters(StageCost& stage, const TrainingRun& run, const Stage& of,
                    const SystemModel& system) {
  const auto rounds = static_cast<double>(micro_batches(run));
  for (const Step& step : stage_steps(run, of)) {
    if (step.phase == StepPhase::finish) {
      add_finish(stage, step, run, system);
      continue;
    }
    PassCost once;
    add(once, step, run, system);
    stage.layers[static_cast<std::size_t>(step.phase)] += once * (step.times / rounds);
  }
}

StageCost cost_of(const TrainingRun& run, const Stage& of, const BlockCosts& each,
                  const SystemModel& system) {
  StageCost cost;
  const BlockCounts counts = block_counts(run, of);
  add_blocks(cost, each, counts);
  add_parameters(cost, run, of, system);
  cost.layer_count = counts[static_cast<std::size_t>(StepBlock::attention)];
  return cost;
}

bool are_alike(const Stage& a, const Stage& b) {
  return a.dense_layers == b.dense_layers && a.expert_layers == b.expert_layers &&
         a.embeds == b.embeds && a.ends == b.ends;
}

}  // namespace

PassCost& PassCost::operator+=(const PassCost& other) {
  for (Seconds PassCost::*part : parts) this->*part = this->*part + other.*part;
  return *this;
}

PassCost operator*(const PassCost& cost, double times) {
  PassCost product;
  for (Seconds PassCost::*part : parts) product.*part = cost.*part * times;
  return product;
}

Costs costs_of(const TrainingRun& run, const SystemModel& system) {
  Costs costs;
  costs.micro_batches = static_cast<double>(micro_batches(run));
  const BlockCosts each = block_costs(run, system);
  const Stage* before = nullptr;
  const std::vector<Stage> all = stages(run);
  for (const Stage& stage : all) {
    if (before && are_alike(*before, stage)) {
      costs.stages.back().stages += 1;
    } else {
      costs.stages.push_back({cost_of(run, stage, each, system), 1});
    }
    before = &stage;
  }
  return costs;
}

}  // namespace shortfall
