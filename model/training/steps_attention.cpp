// Attention: projections to heads and back, its core, and the exchange of a sequence that is split.
#include "model/training/blocks.hpp"
#include "model/training/counts.hpp"

namespace shortfall {
namespace {

using Kind = Collective::Kind;

// Of a token as it enters the part that is split over tensor-parallel ranks: of latent attention
// that begins behind the compression, whose matrices every rank has.
std::int64_t width_of(const Architecture& model) {
  if (!model.latent) return model.hidden;
  const LatentAttention& latent = *model.latent;
  return (latent.query_rank > 0 ? latent.query_rank : model.hidden) + latent.key_value_rank +
         latent.rotary_dim;
}

void compress(StepList& list, const StageRank& rank) {
  if (!rank.model.latent) return;
  const LatentAttention& latent = *rank.model.latent;
  const std::int64_t tokens = rank.tokens.between, hidden = rank.model.hidden;
  if (latent.query_rank > 0) {
    list.linear(StepPart::attention_projection, {tokens, hidden, latent.query_rank});
  }
  list.linear(StepPart::attention_projection,
              {tokens, hidden, latent.key_value_rank + latent.rotary_dim});
}

void project_queries(StepList& list, const StageRank& rank, const LatentAttention& latent) {
  list.linear(StepPart::attention_projection,
              {rank.tokens.inside, latent.query_rank > 0 ? latent.query_rank : rank.model.hidden,
               rank.heads * key_dim(rank.model)});
}

void project(StepList& list, const StageRank& rank) {
  const Architecture& model = rank.model;
  const std::int64_t tokens = rank.tokens.inside;
  if (!model.latent) {
    const std::int64_t width = model.head_dim * (rank.heads + 2 * rank.kv_heads);
    return list.linear(StepPart::attention_projection, {tokens, model.hidden, width});
  }
  const LatentAttention& latent = *model.latent;
  project_queries(list, rank, latent);
  list.linear(StepPart::attention_projection,
              {tokens, latent.key_value_rank, rank.heads * (latent.plain_dim + latent.value_dim)});
}

void project_out(StepList& list, const StageRank& rank) {
  list.linear(StepPart::attention_projection,
              {rank.tokens.inside, rank.heads * value_dim(rank.model), rank.model.hidden});
}

// Queries and keys are read and written. The key of latent attention has one for all heads.
void rotary(StepList& list, const StageRank& rank) {
  const Architecture& model = rank.model;
  if (rank.run.software.is_in_sequence && !model.gated_mlp) return;  // learnt positions
  const std::int64_t width = model.latent ? model.latent->rotary_dim * (rank.heads + 1)
                                          : model.head_dim * (rank.heads + rank.kv_heads);
  list.pass(StepPart::rotary, MemoryPass::Kind::copy,
            rank.bytes_of(product(2, rank.tokens.inside, width)));
}

void exchange(StepList& list, const StageRank& rank, Kind kind, Bytes bytes, double repeated = 1) {
  list.collective(StepPart::context_exchange, {RankAxis::context, rank.groups.context}, kind, bytes,
                  rank.type, repeated);
}

// Of this rank's part of the sequence.
Bytes keys_and_values(const StageRank& rank) {
  return rank.bytes_of(
      product(rank.tokens.inside, rank.kv_heads, key_dim(rank.model) + value_dim(rank.model)));
}

Bytes all_keys_and_values(const StageRank& rank) {
  return keys_and_values(rank) * static_cast<double>(rank.groups.context);
}

bool goes_to_heads(const StageRank& rank) {
  return rank.run.context_exchange == ContextExchange::all_to_all;
}

// From a part of the sequence and all heads to all of it and a part of the heads, or back; fewer
// heads of keys than ranks are sent to several of them.
void to_heads(StepList& list, const StageRank& rank) {
  if (!goes_to_heads(rank)) return;
  const Architecture& model = rank.model;
  const std::int64_t ways = rank.groups.context, kv_heads = share_of(rank.kv_heads, ways) * ways;
  const auto array = [&](std::int64_t width) {
    exchange(list, rank, Kind::all_to_all, rank.bytes_of(product(rank.tokens.inside, width)));
  };
  array(rank.heads * key_dim(model));
  array(kv_heads * key_dim(model));
  array(kv_heads * value_dim(model));
}

void from_heads(StepList& list, const StageRank& rank) {
  if (!goes_to_heads(rank)) return;
  exchange(list, rank, Kind::all_to_all,
           rank.bytes_of(product(rank.tokens.inside, rank.heads, value_dim(rank.model))));
}

// A causal mask is dealt so that every rank has as many pairs of query and key: half of all.
Attention core_of(const StageRank& rank, Attention::Direction direction) {
  const std::int64_t ways = goes_to_heads(rank) ? rank.groups.context : 1;
  return {.batch = rank.run.micro_batch,
          .heads = share_of(rank.heads, ways),
          .kv_heads = share_of(rank.kv_heads, ways),
          .queries = goes_to_heads(rank) ? rank.run.seq_len
                                         : share_of(rank.run.seq_len, rank.groups.context),
          .keys = rank.run.seq_len,
          .key_dim = key_dim(rank.model),
          .value_dim = value_dim(rank.model),
          .direction = direction,
          .type = rank.type};
}

// Keys and values, and with them their gradients.
void core_backward(StepList& list, const StageRank& rank) {
  const double others = static_cast<double>(rank.groups.context - 1);
  if (rank.run.context_exchange == ContextExchange::ring) {
    exchange(list, rank, Kind::ring, keys_and_values(rank) * 2, others);
  }
  list.attention(core_of(rank, Attention::Direction::backward));
  if (rank.run.context_exchange == ContextExchange::all_gather) {
    exchange(list, rank, Kind::reduce_scatter, all_keys_and_values(rank));
  }
}

// What is kept of each token for those behind it: `batch` times, for so many heads each.
struct Kept {
  std::int64_t batch, heads, key_width, value_width;
};

Kept kept_of(const StageRank& rank) {
  const Architecture& model = rank.model;
  const std::int64_t sequences = rank.run.micro_batch;
  if (!model.latent) {
    return {sequences * rank.kv_heads, share_of(rank.heads, rank.kv_heads), model.head_dim,
            model.head_dim};
  }
  const std::int64_t values = model.latent->key_value_rank;
  return {sequences, rank.heads, values + model.latent->rotary_dim, values};
}

// Softmax reads and writes the scores.
void decoded_core(StepList& list, const StageRank& rank, std::int64_t context) {
  const Kept kept = kept_of(rank);
  list.linear(StepPart::attention_core, {kept.heads, kept.key_width, context, kept.batch});
  list.pass(StepPart::attention_core, MemoryPass::Kind::copy,
            rank.bytes_of(product(2, kept.batch, kept.heads, context)));
  list.linear(StepPart::attention_core, {kept.heads, context, kept.value_width, kept.batch});
}

}  // namespace

void attention_decoded(StepList& list, const StageRank& rank, std::int64_t context) {
  norm_forward(list, rank);
  compress(list, rank);
  const auto& latent = rank.model.latent;
  const auto of_each_head = [&](std::int64_t in, std::int64_t out) {
    list.linear(StepPart::attention_projection, {rank.tokens.inside, in, out, rank.heads});
  };
  if (latent) {
    project_queries(list, rank, *latent);
    of_each_head(latent->plain_dim, latent->key_value_rank);
  } else {
    project(list, rank);
  }
  rotary(list, rank);
  decoded_core(list, rank, context);
  if (latent) of_each_head(latent->key_value_rank, latent->value_dim);
  project_out(list, rank);
  leave_split(list, rank);
  residual(list, rank);
}

void attention_core_forward(StepList& list, const StageRank& rank) {
  if (rank.run.context_exchange == ContextExchange::ring) {
    const double others = static_cast<double>(rank.groups.context - 1);
    exchange(list, rank, Kind::ring, keys_and_values(rank), others);
  }
  if (rank.run.context_exchange == ContextExchange::all_gather) {
    exchange(list, rank, Kind::all_gather, all_keys_and_values(rank));
  }
  list.attention(core_of(rank, Attention::Direction::forward));
}

void attention_forward(StepList& list, const StageRank& rank) {
  norm_forward(list, rank);
  compress(list, rank);
  enter_split(list, rank, width_of(rank.model));
  project(list, rank);
  rotary(list, rank);
  to_heads(list, rank);
  attention_core_forward(list, rank);
  from_heads(list, rank);
  project_out(list, rank);
  leave_split(list, rank);
  residual(list, rank);
}

void attention_gather_again(StepList& list, const StageRank& rank) {
  enter_split(list, rank, width_of(rank.model));
  if (rank.run.context_exchange == ContextExchange::all_gather) {
    exchange(list, rank, Kind::all_gather, all_keys_and_values(rank));
  }
}

void attention_backward(StepList& list, const StageRank& rank) {
  enter_split_backward(list, rank);
  project_out(list, rank);
  from_heads(list, rank);
  core_backward(list, rank);
  to_heads(list, rank);
  rotary(list, rank);
  project(list, rank);
  leave_split_backward(list, rank, width_of(rank.model));
  compress(list, rank);
  norm_backward(list, rank);
  residual(list, rank);
}

}  // namespace shortfall
