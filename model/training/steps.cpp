#include "model/training/blocks.hpp"
#include "model/training/counts.hpp"
#include "model/training/parameter_steps.hpp"

namespace shortfall {
namespace {

BlockCounts counts_of(const StageRank& rank) {
  const StageRank::Layers& layers = rank.layers;
  return {layers.embeds, layers.all(), layers.dense, layers.sparse, layers.ends, 0};
}

bool has_experts(const StageRank& rank) { return rank.model.experts.has_value(); }

void layers_forward(StepList& list, const StageRank& rank, StepPhase phase, bool is_partial) {
  const auto begin = [&](StepBlock block) {
    list.begin(phase, block);
    if (is_partial) list.only_every_second_product();
  };
  begin(StepBlock::attention);
  attention_forward(list, rank);
  begin(StepBlock::dense);
  mlp_forward(list, rank);
  if (!has_experts(rank)) return;
  begin(StepBlock::experts);
  experts_forward(list, rank);
}

// What the backward pass needs and was not kept.
void layers_again(StepList& list, const StageRank& rank) {
  if (rank.run.recompute == Recompute::full)
    layers_forward(list, rank, StepPhase::recompute, false);
  if (rank.run.recompute == Recompute::operations)
    layers_forward(list, rank, StepPhase::recompute, true);
  list.begin(StepPhase::recompute, StepBlock::attention);
  if (rank.run.recompute == Recompute::selective) attention_core_forward(list, rank);
  attention_gather_again(list, rank);
  list.begin(StepPhase::recompute, StepBlock::dense);
  mlp_gather_again(list, rank);
  if (!has_experts(rank)) return;
  list.begin(StepPhase::recompute, StepBlock::experts);
  experts_gather_again(list, rank);
}

void layers_backward(StepList& list, const StageRank& rank) {
  if (has_experts(rank)) {
    list.begin(StepPhase::backward, StepBlock::experts);
    experts_backward(list, rank);
  }
  list.begin(StepPhase::backward, StepBlock::dense);
  mlp_backward(list, rank);
  list.begin(StepPhase::backward, StepBlock::attention);
  attention_backward(list, rank);
}

// Each tensor-parallel rank sends its part, and the next stage gathers it (PTD-P, arXiv 2104.04473,
// section 4.1). To the next stage and back to the previous one, once for each piece of layers: the
// last piece of all has no next one, the first no previous one. Every message is counted where it
// is sent.
void send(StepList& list, const StageRank& rank, StepPhase phase, double at_the_edge) {
  const double messages = static_cast<double>(rank.run.split.chunks) - at_the_edge;
  const double elements =
      product(share_of(rank.tokens.inside, rank.groups.tensor), rank.model.hidden);
  list.begin(phase, rank.micro_batches * messages);
  list.send({RankAxis::pipeline, rank.groups.pipeline}, rank.bytes_of(elements));
}

void forward(StepList& list, const StageRank& rank) {
  list.begin(StepPhase::forward, StepBlock::embedding);
  embedding_forward(list, rank);
  layers_forward(list, rank, StepPhase::forward, false);
  list.begin(StepPhase::forward, StepBlock::output);
  output_forward(list, rank);
}

void backward(StepList& list, const StageRank& rank) {
  list.begin(StepPhase::recompute, StepBlock::output);
  output_gather_again(list, rank);
  list.begin(StepPhase::backward, StepBlock::output);
  output_backward(list, rank);
  layers_again(list, rank);
  layers_backward(list, rank);
  list.begin(StepPhase::backward, StepBlock::embedding);
  embedding_backward(list, rank);
}

void stage_forward(StepList& list, const StageRank& rank, const HeldParameters& held) {
  gather_parameters(list, rank, held, StepPhase::forward);
  send(list, rank, StepPhase::forward, rank.layers.ends);
}

void stage_backward(StepList& list, const StageRank& rank, const HeldParameters& held) {
  gather_parameters(list, rank, held, StepPhase::backward);
  send(list, rank, StepPhase::backward, rank.layers.embeds);
  collect_gradients(list, rank, held);
}

}  // namespace

std::vector<Step> steps(const TrainingRun& run, const Stage& stage) {
  const StageRank rank = rank_of(run, stage);
  const HeldParameters held = held_parameters(rank);
  BlockCounts times = counts_of(rank);
  for (double& each : times) each *= rank.micro_batches;
  StepList list(rank, times);
  forward(list, rank);
  stage_forward(list, rank, held);
  backward(list, rank);
  stage_backward(list, rank, held);
  finish_step(list, rank, held);
  return std::move(list).take();
}

std::vector<Step> block_steps(const TrainingRun& run) {
  const StageRank rank = rank_of(run, {});
  StepList list(rank, {1, 1, 1, 1, 1, 0});
  forward(list, rank);
  backward(list, rank);
  return std::move(list).take();
}

std::vector<Step> stage_steps(const TrainingRun& run, const Stage& stage) {
  const StageRank rank = rank_of(run, stage);
  const HeldParameters held = held_parameters(rank);
  StepList list(rank, {});
  stage_forward(list, rank, held);
  stage_backward(list, rank, held);
  finish_step(list, rank, held);
  return std::move(list).take();
}

BlockCounts block_counts(const TrainingRun& run, const Stage& stage) {
  return counts_of(rank_of(run, stage));
}

}  // namespace shortfall
