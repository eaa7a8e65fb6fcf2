#include "model/proxy/routine.hpp"

#include <array>

#include "core/error.hpp"
#include "model/proxy/routine_list.hpp"
#include "model/training/counts.hpp"

namespace shortfall {
namespace {

constexpr std::size_t phases = 4;

std::size_t place(auto enumerator) { return static_cast<std::size_t>(enumerator); }

// What one block does in one phase, and what is exchanged of its parameters.
using OfBlocks = std::array<PlannedSteps, blocks>;

class TrainingStep {
 public:
  explicit TrainingStep(const TrainingRun& run)
      : rank_(rank_of(run, stage_at(run, 0))), list_(rank_, "") {
    for (const Step& step : block_steps(run)) {
      computed_[place(step.phase)][place(step.block)].push_back({step});
    }
    for (const Step& step : stage_steps(run, stage_at(run, 0))) plan(step);
  }

  StepRoutine take() && {
    for (std::int64_t i = 0; i < micro_batches(rank_.run); ++i) {
      forward();
      backward();
      list_.perform(after_micro_batch_);
    }
    list_.perform(finish_);
    return std::move(list_).take();
  }

 private:
  // The stage's Steps are listed with all their rounds: here they are done one by one.
  void plan(Step step) {
    if (step.phase == StepPhase::finish) return finish_.push_back({step});
    step.times = 1;
    const bool is_gathered = step.part == StepPart::parameter_gather;
    OfBlocks& exchanged = is_gathered ? gathered_[place(step.phase)] : reduced_;
    const bool is_of_block = step.parameters_of != StepBlock::stage;
    (is_of_block ? exchanged[place(step.parameters_of)] : after_micro_batch_).push_back({step});
  }

  StepBlock kind_of(std::int64_t layer) const {
    return layer < dense_layers(rank_.model) ? StepBlock::dense : StepBlock::experts;
  }

  void compute(StepPhase phase, StepBlock block) {
    list_.perform(computed_[place(phase)][place(block)]);
  }

  void gather(StepPhase phase, StepBlock block) {
    list_.perform(gathered_[place(phase)][place(block)]);
  }

  void forward() {
    const auto whole_block = [&](StepBlock block) {
      gather(StepPhase::forward, block);
      compute(StepPhase::forward, block);
    };
    whole_block(StepBlock::embedding);
    for (std::int64_t layer = 0; layer < rank_.model.layers; ++layer) {
      gather(StepPhase::forward, kind_of(layer));
      compute(StepPhase::forward, StepBlock::attention);
      compute(StepPhase::forward, kind_of(layer));
    }
    whole_block(StepBlock::output);
  }

  void backward() {
    end_backward(StepBlock::output);
    for (std::int64_t layer = rank_.model.layers - 1; layer >= 0; --layer) {
      const StepBlock kind = kind_of(layer);
      gather(StepPhase::backward, kind);
      for (const StepPhase phase : {StepPhase::recompute, StepPhase::backward}) {
        // Again in the order of the forward pass.
        const bool is_again = phase == StepPhase::recompute;
        compute(phase, is_again ? StepBlock::attention : kind);
        compute(phase, is_again ? kind : StepBlock::attention);
      }
      list_.perform(reduced_[place(kind)]);
    }
    end_backward(StepBlock::embedding);
  }

  void end_backward(StepBlock block) {
    gather(StepPhase::backward, block);
    compute(StepPhase::recompute, block);
    compute(StepPhase::backward, block);
    list_.perform(reduced_[place(block)]);
  }

  StageRank rank_;
  RoutineList list_;
  std::array<OfBlocks, phases> computed_, gathered_;
  OfBlocks reduced_;
  PlannedSteps after_micro_batch_, finish_;
};

// The scores of a long sequence have more elements than can be counted in whole numbers.
Bytes buffers_of(const Step& step) {
  if (const auto* const g = std::get_if<Gemm>(&step.operation)) {
    const double elements = product(g->m, g->k) + product(g->k, g->n) + product(g->m, g->n);
    return {elements * product(g->batch, size_of(g->type))};
  }
  if (const auto* const pass = std::get_if<MemoryPass>(&step.operation)) return pass->bytes;
  return footprint(layout(step.operation, Group{0, static_cast<int>(step.group)}));
}

}  // namespace

StepRoutine training_routine(const TrainingRun& fitted) {
  if (fitted.split.pipeline != 1 || fitted.split.context != 1 || fitted.outer) {
    throw BadUsage(fitted.id +
                   ": expected one pipeline stage, whole sequences and one cluster, which is what "
                   "can be executed");
  }
  return TrainingStep(fitted).take();
}

Bytes memory_of(const StepRoutine& routine) {
  Bytes all;
  for (const Step& step : routine.steps) all = all + buffers_of(step);
  return all;
}

}  // namespace shortfall
