// One training step of one rank as a list of Operations: what the model prices and what a proxy of
// the run executes. It says what is done, how often and for whom, and nothing of how fast.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "core/operation.hpp"
#include "core/words.hpp"
#include "model/training/training_run.hpp"

namespace shortfall {

enum class StepPhase {
  forward,
  // A part of the forward pass again, before its backward pass. Without any Recompute, too, what
  // was gathered from tensor- or context-parallel ranks and not kept is gathered again.
  recompute,
  backward,
  finish  // once, after the last micro-batch
};

// What an Operation is there for.
enum class StepPart {
  embedding,
  norm,
  attention_projection,
  attention_core,
  rotary,
  residual,
  mlp,
  activation,
  router,
  permutation,  // tokens sorted by the experts that they go to, and back
  experts,
  output,
  loss,
  gradient_accumulation,
  optimizer,
  quantization,  // of operands to 8 bits, and their transposes
  tensor_exchange,
  context_exchange,
  expert_exchange,
  pipeline_exchange,
  parameter_gather,
  gradient_reduction,
  outer_reduction
};

Words words_of(StepPhase);  // "forward"
Words words_of(StepPart);   // "attention_core"

// The ranks that a Collective or Transfer joins.
enum class RankAxis {
  none,
  tensor,
  context,
  experts,
  pipeline,      // neighbours in it; of tied embeddings, its first and its last stage
  data,          // those of a cluster that hold the same parameters: data x context
  data_experts,  // the same, of experts
  shards,        // of hybrid sharding: those of one group
  replicas,      // of hybrid sharding: one rank of each group
  clusters
};

// What Steps belong to: a rank does the Steps of a block once for each of them that it holds, and
// those of its stage for the stage as a whole.
enum class StepBlock { embedding, attention, dense, experts, output, stage };
inline constexpr std::size_t blocks = 6;

struct Step {
  Operation operation;
  StepPart part;
  StepPhase phase;
  StepBlock block = StepBlock::stage;
  // Of a stage's exchanges of parameters and gradients: the block that needs or has them.
  StepBlock parameters_of = StepBlock::stage;
  RankAxis axis = RankAxis::none;
  std::int64_t group = 1;  // ranks of the axis
  double times = 0;        // on one rank, in one training step
  // Of products: in fp8 those of linear layers alone. The Operation's type is that of its operands
  // in memory, which has 16 bits then.
  Precision precision = Precision::bf16;
};

// Which of the pipeline's stages a rank belongs to: they differ by layers, embedding and output.
struct Stage {
  std::int64_t index = 0;
  std::int64_t dense_layers = 0, expert_layers = 0;
  bool embeds = false, ends = false;  // the first one; the last one
};

// In order; layers are dealt evenly, the remainder to the first stages.
std::vector<Stage> stages(const TrainingRun& run);

// Of a rank of that stage, in the order of its first execution: forward, backward (with what is
// recomputed before it), finish.
std::vector<Step> steps(const TrainingRun& run, const Stage& stage);

// The same in two lists, for those who price many stages: the Steps of one micro-batch and of one
// of each block, and those of a stage as a whole.
std::vector<Step> block_steps(const TrainingRun& run);
std::vector<Step> stage_steps(const TrainingRun& run, const Stage& stage);

// How many of each block one micro-batch passes on a rank of that stage.
using BlockCounts = std::array<double, blocks>;
BlockCounts block_counts(const TrainingRun& run, const Stage& stage);

}  // namespace shortfall
