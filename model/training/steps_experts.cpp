// Layers with experts: tokens are routed, sent to the ranks that hold their experts, multiplied
// there, and sent back. Shared experts are an MLP beside them.
#include <cmath>

#include "model/training/blocks.hpp"
#include "model/training/counts.hpp"

namespace shortfall {
namespace {

using Kind = Collective::Kind;

const Experts& experts_of(const StageRank& rank) { return *rank.model.experts; }

void route(StepList& list, const StageRank& rank) {
  list.linear(StepPart::router, {rank.tokens.between, rank.model.hidden, experts_of(rank).count});
}

// Rows are brought into the order of the ranks that they go to, and there into that of experts.
void permute(StepList& list, const StageRank& rank) {
  list.pass(StepPart::permutation, MemoryPass::Kind::copy,
            rank.bytes_of(2 * rank.tokens.sent * static_cast<double>(rank.model.hidden)));
}

void send(StepList& list, const StageRank& rank) {
  list.collective(
      StepPart::expert_exchange, {RankAxis::experts, rank.groups.experts}, Kind::all_to_all,
      rank.bytes_of(rank.tokens.sent * static_cast<double>(rank.model.hidden)), rank.type);
}

// Among the ranks that share each expert: what one received, all need; their results are summed.
// Without sequence parallelism all of them were sent the same, and the sums wait for the end.
void exchange_shares(StepList& list, const StageRank& rank, Kind kind) {
  if (!rank.is_sequence_parallel) return;
  list.collective(StepPart::tensor_exchange, {RankAxis::tensor, rank.groups.expert_tensor}, kind,
                  rank.bytes_of(rank.tokens.received * static_cast<double>(rank.model.hidden)),
                  rank.type);
}

// The busiest rank's tokens, spread evenly over its experts.
Mlp routed(const StageRank& rank) {
  const std::int64_t held = share_of(experts_of(rank).count, rank.groups.experts);
  const double tokens = rank.tokens.received / static_cast<double>(std::max<std::int64_t>(held, 1));
  return {StepPart::experts, static_cast<std::int64_t>(std::ceil(tokens)),
          share_of(experts_of(rank).ffn, rank.groups.expert_tensor), held};
}

Mlp shared(const StageRank& rank) {
  const Experts& experts = experts_of(rank);
  return {StepPart::experts, rank.tokens.inside,
          share_of(experts.shared * experts.ffn, rank.groups.tensor)};
}

bool has_shared(const StageRank& rank) { return experts_of(rank).shared > 0; }

// Sequence parallel ranks meet in routed experts by exchange_shares, in shared ones as in an MLP;
// others sum the results of both together.
bool meets_as_mlp(const StageRank& rank) { return has_shared(rank) || !rank.is_sequence_parallel; }

}  // namespace

void experts_forward(StepList& list, const StageRank& rank) {
  norm_forward(list, rank);
  route(list, rank);
  permute(list, rank);
  send(list, rank);
  exchange_shares(list, rank, Kind::all_gather);
  mlp_products(list, rank, routed(rank));
  exchange_shares(list, rank, Kind::reduce_scatter);
  send(list, rank);
  permute(list, rank);
  if (has_shared(rank)) {
    enter_split(list, rank, rank.model.hidden);
    mlp_products(list, rank, shared(rank));
  }
  if (meets_as_mlp(rank)) leave_split(list, rank);
  residual(list, rank);
}

void experts_gather_again(StepList& list, const StageRank& rank) {
  if (has_shared(rank)) enter_split(list, rank, rank.model.hidden);
}

void experts_backward(StepList& list, const StageRank& rank) {
  if (has_shared(rank)) {
    enter_split_backward(list, rank);
    mlp_products_backward(list, rank, shared(rank));
  }
  permute(list, rank);
  send(list, rank);
  exchange_shares(list, rank, Kind::all_gather);
  mlp_products_backward(list, rank, routed(rank));
  exchange_shares(list, rank, Kind::reduce_scatter);
  send(list, rank);
  permute(list, rank);
  if (meets_as_mlp(rank)) leave_split_backward(list, rank, rank.model.hidden);
  route(list, rank);
  norm_backward(list, rank);
  residual(list, rank);
}

}  // namespace shortfall
