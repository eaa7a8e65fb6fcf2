// One rank of one stage: its groups, and its share of tokens, heads, layers and parameters. Steps
// and memory are counted from it.
#pragma once

#include <cstdint>

#include "core/dtype.hpp"
#include "core/units.hpp"
#include "model/training/step.hpp"

namespace shortfall {

struct StageRank {
  // Ranks that work together, all of one cluster but for `clusters`.
  struct Groups {
    std::int64_t tensor = 1, context = 1, pipeline = 1, clusters = 1;
    std::int64_t experts = 1;        // that share the routed experts of a layer
    std::int64_t expert_tensor = 1;  // that share each of those
    std::int64_t data = 1;           // that hold the same parameters
    std::int64_t data_experts = 1;   // that hold the same experts
  };

  // Of one micro-batch.
  struct Tokens {
    std::int64_t inside = 0;   // attention and MLP
    std::int64_t between = 0;  // these: a part of them with sequence parallelism
    double sent = 0;           // to experts, once for each, by the busiest rank
    double received = 0;       // by the experts of the busiest rank
  };

  // That one micro-batch passes on this rank. With dual_pipe, half of the micro-batches pass one
  // stage and half of them its mirror image; this is the mean of both.
  struct Layers {
    double dense = 0, sparse = 0;  // without experts, and with
    double embeds = 0, ends = 0;
    double copies = 1;  // stages that the rank holds: 2 with dual_pipe

    double all() const { return dense + sparse; }
  };

  const TrainingRun& run;
  const Architecture& model;
  Groups groups;
  Tokens tokens;
  Layers layers;
  std::int64_t heads = 0, kv_heads = 0;
  bool is_sequence_parallel = false;
  double micro_batches = 0;
  DType type = DType::bf16;          // of activations and of the parameters that are multiplied
  DType gradient_type = DType::f32;  // in which gradients are added up and reduced

  Bytes bytes_of(double elements) const { return {elements * static_cast<double>(size_of(type))}; }
  Bytes gradients_of(double parameters) const {
    return {parameters * static_cast<double>(size_of(gradient_type))};
  }
  // The optimizer keeps 32 bits of parameters: those that are multiplied are a copy, if of others.
  Bytes copied(double parameters) const {
    return type == DType::f32 ? Bytes{} : bytes_of(parameters);
  }
};
StageRank rank_of(const TrainingRun& run, const Stage& stage);

Stage stage_at(const TrainingRun& run, std::int64_t index);

// Of one rank, before they are sharded over the ranks that hold the same ones.
struct HeldParameters {
  double dense_layer = 0;   // attention and MLP
  double sparse_layer = 0;  // attention, router and shared experts
  double routed = 0;        // routed experts of one layer
  double embedding = 0, output = 0;

  // Of all that the rank holds.
  double common = 0;   // what all data-parallel ranks hold
  double experts = 0;  // routed ones
  // Of `common`: held by each of the tensor-parallel ranks alike.
  double replicated = 0;
};
HeldParameters held_parameters(const StageRank& rank);

// What Sharding spreads over ranks, in the order in which its kinds do.
enum class Held { optimizer, gradients, parameters };

// Whether sharded parameters are kept from the first micro-batch to the last, and gradients reduced
// after it: of several stages, which would wait for them in each micro-batch (torchtitan does so).
bool is_kept_whole(const StageRank& rank);

// Over how many of a group of ranks with the same parameters that is spread.
std::int64_t ways_of(const StageRank& rank, Held held, std::int64_t group);

}  // namespace shortfall
