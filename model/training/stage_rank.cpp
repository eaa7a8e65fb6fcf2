#include "model/training/stage_rank.hpp"

#include <algorithm>
#include <numeric>

#include "model/training/counts.hpp"

namespace shortfall {
namespace {

// Where nobody says how many ranks a host has: that of DGX and HGX systems, A100 to B200.
constexpr std::int64_t gpus_of_host = 8;

bool is_mirrored(const TrainingRun& run) {
  return run.schedule == Schedule::dual_pipe && run.split.pipeline > 1;
}

StageRank::Groups groups_of(const TrainingRun& run) {
  const Split& split = run.split;
  StageRank::Groups groups{
      .tensor = split.tensor, .context = split.context, .pipeline = split.pipeline};
  if (run.outer) groups.clusters = run.outer->clusters;
  const std::int64_t data = share_of(split.data, groups.clusters) * split.context;
  const std::int64_t ranks = data * split.tensor;  // of a stage
  groups.experts = std::max(split.experts, std::int64_t{1});
  const std::int64_t left =
      std::max(std::min(ranks / groups.experts, split.tensor), std::int64_t{1});
  groups.expert_tensor = split.expert_tensor > 0 ? split.expert_tensor : left;
  const std::int64_t copies = is_mirrored(run) ? 2 : 1;
  groups.data = copies * data;
  groups.data_experts = copies * share_of(ranks, groups.experts * groups.expert_tensor);
  return groups;
}

StageRank::Tokens tokens_of(const TrainingRun& run, const StageRank::Groups& groups,
                            bool is_sequence_parallel) {
  StageRank::Tokens tokens;
  tokens.inside = share_of(run.micro_batch * run.seq_len, groups.context);
  tokens.between = is_sequence_parallel ? share_of(tokens.inside, groups.tensor) : tokens.inside;
  if (!run.architecture.experts) return tokens;
  const Experts& experts = *run.architecture.experts;
  // Ranks that share experts work on the tokens of all of them.
  tokens.received = product(tokens.inside, groups.expert_tensor, experts.per_token) *
                    experts.imbalance / static_cast<double>(groups.tensor);
  tokens.sent = is_sequence_parallel ? tokens.received / static_cast<double>(groups.expert_tensor)
                                     : tokens.received;
  return tokens;
}

StageRank::Layers layers_of(const TrainingRun& run, const Stage& stage) {
  StageRank::Layers layers{.dense = static_cast<double>(stage.dense_layers),
                           .sparse = static_cast<double>(stage.expert_layers),
                           .embeds = stage.embeds ? 1.0 : 0.0,
                           .ends = stage.ends ? 1.0 : 0.0};
  if (!is_mirrored(run)) return layers;
  const Stage mirror = stage_at(run, run.split.pipeline - 1 - stage.index);
  layers.dense = (layers.dense + static_cast<double>(mirror.dense_layers)) / 2;
  layers.sparse = (layers.sparse + static_cast<double>(mirror.expert_layers)) / 2;
  layers.embeds = (layers.embeds + (mirror.embeds ? 1 : 0)) / 2;
  layers.ends = (layers.ends + (mirror.ends ? 1 : 0)) / 2;
  layers.copies = 2;
  return layers;
}

}  // namespace

StageRank rank_of(const TrainingRun& run, const Stage& stage) {
  const Architecture& model = run.architecture;
  StageRank rank{.run = run, .model = model, .groups = groups_of(run)};
  rank.is_sequence_parallel = run.split.sequence_parallel && run.split.tensor > 1;
  rank.tokens = tokens_of(run, rank.groups, rank.is_sequence_parallel);
  rank.layers = layers_of(run, stage);
  rank.heads = share_of(model.heads, run.split.tensor);
  rank.kv_heads = model.latent ? rank.heads : share_of(model.kv_heads, run.split.tensor);
  rank.micro_batches = static_cast<double>(micro_batches(run));
  if (run.precision == Precision::fp16) {
    // As Megatron-LM does: it adds up in 32 bits by default for bf16 alone.
    rank.type = rank.gradient_type = DType::f16;
  }
  if (run.precision == Precision::fp32) rank.type = DType::f32;
  return rank;
}

bool is_kept_whole(const StageRank& rank) { return rank.groups.pipeline > 1; }

std::int64_t ways_of(const StageRank& rank, Held held, std::int64_t group) {
  switch (rank.run.sharding) {
    case Sharding::none:
      return 1;
    case Sharding::optimizer:
      return held == Held::optimizer ? group : 1;
    case Sharding::gradients:
      return held == Held::parameters ? 1 : group;
    case Sharding::parameters:
      return group;
    case Sharding::hybrid:
      break;
  }
  const std::int64_t of_host =
      std::max<std::int64_t>(gpus_of_host / std::max<std::int64_t>(rank.groups.tensor, 1), 1);
  return std::gcd(group, rank.run.split.shards > 0 ? rank.run.split.shards : of_host);
}

}  // namespace shortfall
