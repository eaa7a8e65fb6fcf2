#include "model/training/memory.hpp"

#include <algorithm>

#include "model/training/activations.hpp"
#include "model/training/stage_rank.hpp"

namespace shortfall {
namespace {

// What is spread over data-parallel ranks, of parameters that all of them hold and of experts.
double spread(const StageRank& rank, const HeldParameters& held, Held what) {
  const auto shares = [&](double parameters, std::int64_t group) {
    return parameters / static_cast<double>(ways_of(rank, what, group));
  };
  return shares(held.common, rank.groups.data) + shares(held.experts, rank.groups.data_experts);
}

// The largest layer, whole, as sharded parameters are while they are used.
double largest_unit(const StageRank& rank, const HeldParameters& held) {
  const StageRank::Layers& layers = rank.layers;
  return std::max({layers.embeds > 0 ? held.embedding : 0, layers.dense > 0 ? held.dense_layer : 0,
                   layers.sparse > 0 ? held.sparse_layer + held.routed : 0,
                   layers.ends > 0 ? held.output : 0});
}

bool is_sharded(const StageRank& rank, Held what) {
  return ways_of(rank, what, rank.groups.data) > 1;
}

// What is whole at a time of what is sharded: so many layers, or all that the rank holds.
double whole(const StageRank& rank, const HeldParameters& held, Held what, double layers) {
  if (!is_sharded(rank, what)) return 0;
  return is_kept_whole(rank) ? held.common + held.experts : layers * largest_unit(rank, held);
}

Bytes parameters_of(const StageRank& rank, const HeldParameters& held) {
  // While one is used, the next one is gathered.
  constexpr double at_once = 2;
  return rank.bytes_of(spread(rank, held, Held::parameters) +
                       whole(rank, held, Held::parameters, at_once));
}

Bytes gradients_of(const StageRank& rank, const HeldParameters& held) {
  return rank.gradients_of(spread(rank, held, Held::gradients) +
                           whole(rank, held, Held::gradients, 1));
}

Bytes activations_of(const StageRank& rank, const Stage& stage) {
  const StageRank::Layers& layers = rank.layers;
  const LayerActivations kept = kept_activations(rank);
  const Bytes each = kept.dense * layers.dense + kept.sparse * layers.sparse +
                     embedding_activations(rank) * layers.embeds;
  const Bytes all = each * micro_batches_in_flight(rank.run, stage);
  if (rank.run.recompute != Recompute::full) return all;
  // One layer at a time is computed again.
  const LayerActivations again = all_activations(rank);
  return all + std::max(layers.dense > 0 ? again.dense : Bytes{},
                        layers.sparse > 0 ? again.sparse : Bytes{});
}

}  // namespace

double micro_batches_in_flight(const TrainingRun& run, const Stage& stage) {
  const auto pipeline = static_cast<double>(run.split.pipeline);
  const auto chunks = static_cast<double>(std::max(run.split.chunks, std::int64_t{1}));
  const auto available = static_cast<double>(micro_batches(run));
  const double behind = pipeline - 1 - static_cast<double>(stage.index);
  switch (run.schedule) {
    case Schedule::zero_bubble:
      return std::min(available, pipeline);
    case Schedule::dual_pipe:
      return std::min(available, pipeline > 1 ? pipeline + 1 : 1);
    case Schedule::one_f_one_b:
    case Schedule::interleaved:
      break;
  }
  const double pieces = chunks > 1 ? 2 * behind + (chunks - 1) * pipeline + 1 : behind + 1;
  return std::min(available * chunks, pieces) / chunks;
}

MemoryUse memory(const TrainingRun& run, const Stage& stage) {
  const StageRank rank = rank_of(run, stage);
  const HeldParameters held = held_parameters(rank);
  // Of Adam: two moments, and the parameter unless it is in 32 bits anyway.
  const double states = rank.type == DType::f32 ? 2 : 3;
  const double state_bytes = states * static_cast<double>(size_of(DType::f32));
  return {.parameters = parameters_of(rank, held),
          .gradients = gradients_of(rank, held),
          .optimizer = {state_bytes * spread(rank, held, Held::optimizer)},
          .activations = activations_of(rank, stage),
          .output = rank.layers.ends > 0 ? output_activations(rank) : Bytes{}};
}

}  // namespace shortfall
