#include "model/training/blocks.hpp"
#include "model/training/parameter_steps.hpp"

namespace shortfall {
namespace {

// How often each block runs in one step, in each direction.
struct Rounds {
  double embedding, attention, dense, sparse, output;
};

Rounds rounds_of(const StageRank& rank) {
  const double each = rank.micro_batches;
  const StageRank::Layers& layers = rank.layers;
  return {each * layers.embeds, each * layers.all(), each * layers.dense, each * layers.sparse,
          each * layers.ends};
}

bool has_experts(const StageRank& rank) { return rank.model.experts.has_value(); }

void layers_forward(StepList& list, const StageRank& rank, Phase phase) {
  const Rounds rounds = rounds_of(rank);
  list.begin(phase, rounds.attention);
  attention_forward(list, rank);
  list.begin(phase, rounds.dense);
  mlp_forward(list, rank);
  if (!has_experts(rank)) return;
  list.begin(phase, rounds.sparse);
  experts_forward(list, rank);
}

// What the backward pass needs and was not kept.
void layers_again(StepList& list, const StageRank& rank) {
  if (rank.run.recompute == Recompute::full) layers_forward(list, rank, Phase::recompute);
  const Rounds rounds = rounds_of(rank);
  list.begin(Phase::recompute, rounds.attention);
  if (rank.run.recompute == Recompute::selective) attention_core_forward(list, rank);
  attention_gather_again(list, rank);
  list.begin(Phase::recompute, rounds.dense);
  mlp_gather_again(list, rank);
  if (!has_experts(rank)) return;
  list.begin(Phase::recompute, rounds.sparse);
  experts_gather_again(list, rank);
}

void layers_backward(StepList& list, const StageRank& rank) {
  const Rounds rounds = rounds_of(rank);
  if (has_experts(rank)) {
    list.begin(Phase::backward, rounds.sparse);
    experts_backward(list, rank);
  }
  list.begin(Phase::backward, rounds.dense);
  mlp_backward(list, rank);
  list.begin(Phase::backward, rounds.attention);
  attention_backward(list, rank);
}

// To the next stage and back to the previous one, once for each piece of layers: the last piece of
// all has no next one, the first no previous one. Every message is counted where it is sent.
void send(StepList& list, const StageRank& rank, Phase phase, double at_the_edge) {
  const double messages = static_cast<double>(rank.run.split.chunks) - at_the_edge;
  const double elements =
      static_cast<double>(rank.tokens.between) * static_cast<double>(rank.model.hidden);
  list.begin(phase, rank.micro_batches * messages);
  list.send({Axis::pipeline, rank.groups.pipeline}, rank.bytes_of(elements));
}

void forward(StepList& list, const StageRank& rank) {
  list.begin(Phase::forward, rounds_of(rank).embedding);
  embedding_forward(list, rank);
  layers_forward(list, rank, Phase::forward);
  send(list, rank, Phase::forward, rank.layers.ends);
  list.begin(Phase::forward, rounds_of(rank).output);
  output_forward(list, rank);
}

void backward(StepList& list, const StageRank& rank) {
  list.begin(Phase::recompute, rounds_of(rank).output);
  output_gather_again(list, rank);
  list.begin(Phase::backward, rounds_of(rank).output);
  output_backward(list, rank);
  layers_again(list, rank);
  layers_backward(list, rank);
  send(list, rank, Phase::backward, rank.layers.embeds);
  list.begin(Phase::backward, rounds_of(rank).embedding);
  embedding_backward(list, rank);
}

}  // namespace

std::vector<Step> steps(const TrainingRun& run, const Stage& stage) {
  const StageRank rank = rank_of(run, stage);
  const HeldParameters held = held_parameters(rank);
  StepList list(rank);
  gather_parameters(list, rank, held, Phase::forward);
  forward(list, rank);
  gather_parameters(list, rank, held, Phase::backward);
  backward(list, rank);
  collect_gradients(list, rank, held);
  finish_step(list, rank, held);
  return std::move(list).take();
}

}  // namespace shortfall
