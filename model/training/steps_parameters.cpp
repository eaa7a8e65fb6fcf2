#include <algorithm>
#include <array>

#include "model/training/parameter_steps.hpp"

namespace shortfall {
namespace {

using Kind = Collective::Kind;

// Those of one Axis that the rank holds.
struct Replicated {
  double parameters;
  Joined joined;
};

std::array<Replicated, 2> replicated(const StageRank& rank, const HeldParameters& held) {
  return {{{held.common, {RankAxis::data, rank.groups.data}},
           {held.experts, {RankAxis::data_experts, rank.groups.data_experts}}}};
}

// What is gathered or reduced at once, and so often for each micro-batch.
struct Unit {
  StepBlock of;
  double parameters, times;
  Joined joined;
};

std::array<Unit, 5> units_of(const StageRank& rank, const HeldParameters& held) {
  const Joined data{RankAxis::data, rank.groups.data};
  const Joined experts{RankAxis::data_experts, rank.groups.data_experts};
  const StageRank::Layers& layers = rank.layers;
  return {{{StepBlock::embedding, held.embedding, held.embedding > 0 ? layers.embeds : 0, data},
           {StepBlock::dense, held.dense_layer, layers.dense, data},
           {StepBlock::experts, held.sparse_layer, layers.sparse, data},
           {StepBlock::experts, held.routed, layers.sparse, experts},
           {StepBlock::output, held.output, layers.ends, data}}};
}

bool is_hybrid(const StageRank& rank) { return rank.run.sharding == Sharding::hybrid; }

// The ranks over which something of theirs is spread.
Joined shards_of(const StageRank& rank, const Joined& joined, Held held) {
  return {is_hybrid(rank) ? RankAxis::shards : joined.axis, ways_of(rank, held, joined.ranks)};
}

double share(const StageRank& rank, const Replicated& of, Held held) {
  return of.parameters / static_cast<double>(ways_of(rank, held, of.joined.ranks));
}

// Of gradients that are not sharded, or whose shards are on several ranks.
void reduce(StepList& list, const StageRank& rank, const Replicated& of) {
  const Bytes gradients = rank.gradients_of(of.parameters);
  const auto collective = [&](Joined joined, Kind kind, Bytes bytes) {
    list.collective(StepPart::gradient_reduction, joined, kind, bytes, rank.gradient_type);
  };
  if (rank.run.sharding == Sharding::none) collective(of.joined, Kind::all_reduce, gradients);
  if (rank.run.sharding == Sharding::optimizer) {
    collective(of.joined, Kind::reduce_scatter, gradients);
  }
  if (!is_hybrid(rank)) return;
  const std::int64_t shards = ways_of(rank, Held::gradients, of.joined.ranks);
  collective({RankAxis::replicas, of.joined.ranks / shards}, Kind::all_reduce,
             gradients / static_cast<double>(shards));
}

// Tensor-parallel ranks have the gradients of other tokens.
void reduce_replicated(StepList& list, const StageRank& rank, const HeldParameters& held) {
  if (!rank.is_sequence_parallel || held.replicated <= 0) return;
  list.collective(StepPart::gradient_reduction, {RankAxis::tensor, rank.groups.tensor},
                  Kind::all_reduce, rank.gradients_of(held.replicated), rank.gradient_type);
}

// The first and the last stage hold the same embedding.
void reduce_tied(StepList& list, const StageRank& rank, const HeldParameters& held) {
  const bool is_alone = rank.groups.pipeline == 1 || rank.layers.copies > 1;
  if (is_alone || !rank.model.tied_embedding || rank.layers.embeds + rank.layers.ends <= 0) return;
  const double shards = static_cast<double>(ways_of(rank, Held::gradients, rank.groups.data));
  list.collective(StepPart::gradient_reduction, {RankAxis::pipeline, 2}, Kind::all_reduce,
                  rank.gradients_of(held.output / shards), rank.gradient_type);
}

// Adam: gradient, parameter and two moments are read, the last three written, all but the gradient
// in 32 bits; then the parameter in the type that is multiplied, if that is another one.
void optimize(StepList& list, const StageRank& rank, const HeldParameters& held) {
  double parameters = 0;
  for (const Replicated& of : replicated(rank, held)) {
    parameters += share(rank, of, Held::optimizer);
  }
  constexpr int states = 3;
  const double read_and_written = 2.0 * states * static_cast<double>(size_of(DType::f32));
  list.pass(StepPart::optimizer, MemoryPass::Kind::copy,
            rank.gradients_of(parameters) + rank.copied(parameters) +
                Bytes{read_and_written * parameters});
}

void gather_after_update(StepList& list, const StageRank& rank, const Replicated& of) {
  const bool is_spread = ways_of(rank, Held::optimizer, of.joined.ranks) > 1 &&
                         ways_of(rank, Held::parameters, of.joined.ranks) == 1;
  if (!is_spread) return;
  list.collective(StepPart::parameter_gather, of.joined, Kind::all_gather,
                  rank.bytes_of(of.parameters), rank.type);
}

// Each rank exchanges the part that no other rank of its cluster does, in 32 bits.
void meet_other_clusters(StepList& list, const StageRank& rank, const HeldParameters& held) {
  if (!rank.run.outer) return;
  double parameters = 0;
  for (const Replicated& of : replicated(rank, held)) {
    parameters += of.parameters / static_cast<double>(of.joined.ranks);
  }
  const double local_steps =
      static_cast<double>(std::max<std::int64_t>(rank.run.outer->local_steps, 1));
  list.begin(StepPhase::finish, 1 / local_steps);
  list.collective(StepPart::outer_reduction, {RankAxis::clusters, rank.groups.clusters},
                  Kind::all_reduce, {parameters * static_cast<double>(size_of(DType::f32))},
                  DType::f32);
}

// Each gradient is read, added to and written: in a product's epilogue or, of shards, after they
// were reduced. Those of several stages are whole until then.
void add_up(StepList& list, const StageRank& rank, const HeldParameters& held) {
  double parameters = 0;
  for (const Replicated& of : replicated(rank, held)) {
    parameters += is_kept_whole(rank) ? of.parameters : share(rank, of, Held::gradients);
  }
  list.begin(StepPhase::backward, rank.micro_batches);
  list.pass(StepPart::gradient_accumulation, MemoryPass::Kind::copy,
            rank.gradients_of(2 * parameters / rank.layers.copies));
}

double rounds_of(const StageRank& rank) { return is_kept_whole(rank) ? 1 : rank.micro_batches; }

}  // namespace

void gather_parameters(StepList& list, const StageRank& rank, const HeldParameters& held,
                       StepPhase phase) {
  for (const Unit& unit : units_of(rank, held)) {
    list.begin(phase, unit.of, unit.times * rounds_of(rank));
    list.collective(StepPart::parameter_gather, shards_of(rank, unit.joined, Held::parameters),
                    Kind::all_gather, rank.bytes_of(unit.parameters), rank.type);
  }
}

void collect_gradients(StepList& list, const StageRank& rank, const HeldParameters& held) {
  for (const Unit& unit : units_of(rank, held)) {
    list.begin(StepPhase::backward, unit.of, unit.times * rounds_of(rank));
    list.collective(StepPart::gradient_reduction, shards_of(rank, unit.joined, Held::gradients),
                    Kind::reduce_scatter, rank.gradients_of(unit.parameters), rank.gradient_type);
  }
  add_up(list, rank, held);
}

void finish_step(StepList& list, const StageRank& rank, const HeldParameters& held) {
  list.begin(StepPhase::finish, 1);
  reduce_replicated(list, rank, held);
  reduce_tied(list, rank, held);
  for (const Replicated& of : replicated(rank, held)) reduce(list, rank, of);
  optimize(list, rank, held);
  for (const Replicated& of : replicated(rank, held)) gather_after_update(list, rank, of);
  meet_other_clusters(list, rank, held);
}

}  // namespace shortfall
