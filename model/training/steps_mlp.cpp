// Layers without experts: one MLP, split over the tensor-parallel ranks.
#include "model/training/blocks.hpp"
#include "model/training/counts.hpp"

namespace shortfall {
namespace {

// Gated: two matrices in one product, and their product element by element.
std::int64_t matrices_in(const StageRank& rank) { return rank.model.gated_mlp ? 2 : 1; }

Bytes activations(const StageRank& rank, const Mlp& mlp, std::int64_t arrays) {
  return rank.bytes_of(product(arrays, mlp.batch, mlp.tokens, mlp.width));
}

Mlp mlp_of(const StageRank& rank) {
  return {StepPart::mlp, rank.tokens.inside, share_of(rank.model.ffn, rank.groups.tensor)};
}

}  // namespace

void mlp_products(StepList& list, const StageRank& rank, const Mlp& mlp) {
  const std::int64_t hidden = rank.model.hidden, in = matrices_in(rank);
  list.linear(mlp.part, {mlp.tokens, hidden, in * mlp.width, mlp.batch});
  list.pass(StepPart::activation,
            rank.model.gated_mlp ? MemoryPass::Kind::add : MemoryPass::Kind::copy,
            activations(rank, mlp, in + 1));
  list.linear(mlp.part, {mlp.tokens, mlp.width, hidden, mlp.batch});
}

// The function's inputs and the gradient of its output are read, gradients of its inputs written.
void mlp_products_backward(StepList& list, const StageRank& rank, const Mlp& mlp) {
  const std::int64_t hidden = rank.model.hidden, in = matrices_in(rank);
  list.linear(mlp.part, {mlp.tokens, mlp.width, hidden, mlp.batch});
  list.pass(StepPart::activation, MemoryPass::Kind::add, activations(rank, mlp, 2 * in + 1));
  list.linear(mlp.part, {mlp.tokens, hidden, in * mlp.width, mlp.batch});
}

void mlp_forward(StepList& list, const StageRank& rank) {
  norm_forward(list, rank);
  enter_split(list, rank, rank.model.hidden);
  mlp_products(list, rank, mlp_of(rank));
  leave_split(list, rank);
  residual(list, rank);
}

void mlp_gather_again(StepList& list, const StageRank& rank) {
  enter_split(list, rank, rank.model.hidden);
}

void mlp_backward(StepList& list, const StageRank& rank) {
  enter_split_backward(list, rank);
  mlp_products_backward(list, rank, mlp_of(rank));
  leave_split_backward(list, rank, rank.model.hidden);
  norm_backward(list, rank);
  residual(list, rank);
}

}  // namespace shortfall
