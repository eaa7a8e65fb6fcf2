// One training step of one rank as a list of Operations: what the model prices and what a proxy of
// the run executes. It says what is done, how often and for whom, and nothing of how fast.
#pragma once

#include <cstdint>
#include <vector>

#include "core/operation.hpp"
#include "model/training/training_run.hpp"

namespace shortfall {

enum class Phase {
  forward,
  // A part of the forward pass again, before its backward pass. Without any Recompute, too, what
  // was gathered from tensor- or context-parallel ranks and not kept is gathered again.
  recompute,
  backward,
  finish  // once, after the last micro-batch
};

// What an Operation is there for.
enum class Part {
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
  tensor_exchange,
  context_exchange,
  expert_exchange,
  pipeline_exchange,
  parameter_gather,
  gradient_reduction,
  outer_reduction
};

// The ranks that a Collective or Transfer joins.
enum class Axis {
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

struct Step {
  Operation operation;
  Part part;
  Phase phase;
  Axis axis = Axis::none;
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

}  // namespace shortfall
