#include "model/training/activations.hpp"

#include "model/training/counts.hpp"

namespace shortfall {
namespace {

// Norms, residuals, and the inputs of split blocks, which are gathered again where they are split.
double stream_of(const StageRank& rank) { return product(rank.tokens.between, rank.model.hidden); }

// Dropout's, a byte of each element. Models with gated MLPs, PaLM and Llama the first of them, are
// trained without dropout.
Bytes mask_of(const StageRank& rank) { return {rank.model.gated_mlp ? 0 : stream_of(rank)}; }

// Input of the norm, its output, what leads to queries, keys and values, these, the core's output,
// and a mask.
Bytes attention_activations(const StageRank& rank) {
  const Architecture& model = rank.model;
  const std::int64_t widths = key_dim(model) + value_dim(model);
  const std::int64_t heads = (rank.heads + rank.kv_heads) * widths;
  const double latents =
      model.latent
          ? product(rank.tokens.between, model.latent->query_rank + model.latent->key_value_rank +
                                             model.latent->rotary_dim)
          : 0;
  return rank.bytes_of(2 * stream_of(rank) + latents + product(rank.tokens.inside, heads)) +
         mask_of(rank);
}

// Of one token and its way through an MLP: inputs of the function between the two products, and its
// output.
std::int64_t arrays_of(const Architecture& model) { return model.gated_mlp ? 3 : 2; }

double inside_mlp(const StageRank& rank, std::int64_t width, std::int64_t ways) {
  return product(arrays_of(rank.model), rank.tokens.inside, share_of(width, ways));
}

Bytes mlp_activations(const StageRank& rank) {
  return rank.bytes_of(2 * stream_of(rank) + inside_mlp(rank, rank.model.ffn, rank.groups.tensor)) +
         mask_of(rank);
}

// Besides: what experts receive and return, since the router's weights multiply the latter, and the
// router's decisions in 32 bits.
Bytes experts_activations(const StageRank& rank) {
  const Experts& experts = *rank.model.experts;
  const std::int64_t width = share_of(experts.ffn, rank.groups.expert_tensor);
  const double routed = rank.tokens.received *
                        static_cast<double>(2 * rank.model.hidden + arrays_of(rank.model) * width);
  const double shared = inside_mlp(rank, experts.shared * experts.ffn, rank.groups.tensor);
  return rank.bytes_of(2 * stream_of(rank) + routed + shared) + mask_of(rank) +
         Bytes{product(size_of(DType::f32), rank.tokens.between, experts.count)};
}

}  // namespace

LayerActivations all_activations(const StageRank& rank) {
  const Bytes attention = attention_activations(rank);
  return {attention + mlp_activations(rank),
          rank.model.experts ? attention + experts_activations(rank) : Bytes{}};
}

LayerActivations kept_activations(const StageRank& rank) {
  if (rank.run.recompute != Recompute::full) return all_activations(rank);
  const Bytes input = rank.bytes_of(stream_of(rank));
  return {input, input};
}

Bytes embedding_activations(const StageRank& rank) { return mask_of(rank); }

// Inputs of the norm and of the projection, and logits in 32 bits.
Bytes output_activations(const StageRank& rank) {
  const double logits = product(rank.tokens.inside, share_of(rank.model.vocab, rank.groups.tensor));
  return rank.bytes_of(2 * stream_of(rank)) +
         Bytes{logits * static_cast<double>(size_of(DType::f32))};
}

}  // namespace shortfall
