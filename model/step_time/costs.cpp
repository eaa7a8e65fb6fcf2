#include "model/step_time/costs.hpp"

#include <array>
#include <bit>
#include <type_traits>

#include "model/step_time/step_costs.hpp"

namespace shortfall {
namespace {

// All of a PassCost's times: sums of them are most of what a prediction computes.
using Times = std::array<double, sizeof(PassCost) / sizeof(double)>;
static_assert(std::is_trivially_copyable_v<PassCost>);

using BlockCosts = std::array<Passes, blocks>;

BlockCosts block_costs(const TrainingRun& run, const SystemModel& system) {
  BlockCosts costs;
  for (const Step& step : block_steps(run)) {
    PassCost& pass =
        costs[static_cast<std::size_t>(step.block)][static_cast<std::size_t>(step.phase)];
    add(pass, step, step.times, run, system);
  }
  return costs;
}

void add_blocks(StageCost& stage, const BlockCosts& of, const BlockCounts& counts) {
  for (std::size_t block = 0; block < blocks; ++block) {
    if (counts[block] <= 0) continue;
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
    add(pass, step, step.times, run, system);
    stage.optimizer = stage.optimizer + pass.memory;
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
    add(stage.layers[static_cast<std::size_t>(step.phase)], step, step.times / rounds, run, system);
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
  auto sum = std::bit_cast<Times>(*this);
  const auto more = std::bit_cast<Times>(other);
  for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += more[i];
  return *this = std::bit_cast<PassCost>(sum);
}

PassCost operator*(const PassCost& cost, double times) {
  auto product = std::bit_cast<Times>(cost);
  for (double& time : product) time *= times;
  return std::bit_cast<PassCost>(product);
}

Costs costs_of(const TrainingRun& run, const SystemModel& system) {
  Costs costs;
  costs.micro_batches = static_cast<double>(micro_batches(run));
  const BlockCosts each = block_costs(run, system);
  constexpr std::size_t usual_kinds = 4;
  costs.stages.reserve(usual_kinds);
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
