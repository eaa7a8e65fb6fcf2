#include "model/training/counts.hpp"
#include "model/training/stage_rank.hpp"

namespace shortfall {
namespace {

// Of one layer's attention: all of them, and those that are not split over tensor-parallel ranks.
struct AttentionParameters {
  double all = 0, replicated = 0;
};

AttentionParameters latent_attention(const StageRank& rank, const LatentAttention& latent) {
  const std::int64_t hidden = rank.model.hidden, compressed = latent.key_value_rank;
  const double query_input =
      static_cast<double>(latent.query_rank > 0 ? latent.query_rank : hidden);
  const double down = product(hidden, latent.query_rank + compressed + latent.rotary_dim);
  const double up = query_input * product(rank.heads, key_dim(rank.model)) +
                    product(compressed, rank.heads, latent.plain_dim + latent.value_dim);
  return {down + up + product(rank.heads, latent.value_dim, hidden), down};
}

AttentionParameters attention(const StageRank& rank) {
  const Architecture& model = rank.model;
  if (model.latent) return latent_attention(rank, *model.latent);
  const double projected = product(2 * rank.heads + 2 * rank.kv_heads, model.head_dim);
  return {projected * static_cast<double>(model.hidden), 0};
}

double mlp(const StageRank& rank, std::int64_t width, std::int64_t ways) {
  return product(rank.model.gated_mlp ? 3 : 2, rank.model.hidden, share_of(width, ways));
}

}  // namespace

HeldParameters held_parameters(const StageRank& rank) {
  const Architecture& model = rank.model;
  const StageRank::Layers& layers = rank.layers;
  const AttentionParameters attended = attention(rank);
  HeldParameters held;
  held.dense_layer = attended.all + mlp(rank, model.ffn, rank.groups.tensor);
  held.output = product(model.hidden, share_of(model.vocab, rank.groups.tensor));
  // A tied one is held twice where the first stage is not the last one.
  held.embedding = model.tied_embedding && rank.groups.pipeline == 1 ? 0 : held.output;
  if (model.experts) {
    const Experts& experts = *model.experts;
    const double router = product(model.hidden, experts.count);
    held.sparse_layer =
        attended.all + router + mlp(rank, experts.shared * experts.ffn, rank.groups.tensor);
    held.routed = static_cast<double>(share_of(experts.count, rank.groups.experts)) *
                  mlp(rank, experts.ffn, rank.groups.expert_tensor);
    held.replicated = layers.sparse * router;
  }
  held.replicated = (held.replicated + layers.all() * attended.replicated) * layers.copies;
  held.common = (layers.dense * held.dense_layer + layers.sparse * held.sparse_layer +
                 layers.embeds * held.embedding + layers.ends * held.output) *
                layers.copies;
  held.experts = layers.sparse * held.routed * layers.copies;
  return held;
}

}  // namespace shortfall
