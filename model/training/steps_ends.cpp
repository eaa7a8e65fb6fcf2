// Where tokens come from and go to: the embedding of the first stage; the last norm, the projection
// to the vocabulary and the loss of the last one.
#include "model/training/blocks.hpp"
#include "model/training/counts.hpp"

namespace shortfall {
namespace {

Linear projection_of(const StageRank& rank) {
  return {rank.tokens.inside, rank.model.hidden, share_of(rank.model.vocab, rank.groups.tensor)};
}

// Cross-entropy, in 32 bits: forward from logits to their exponentials, backward from these to the
// gradients of logits.
void loss_pass(StepList& list, const StageRank& rank) {
  const double logits = product(rank.tokens.inside, share_of(rank.model.vocab, rank.groups.tensor));
  const double exponentials = static_cast<double>(size_of(DType::f32)) * logits;
  list.pass(StepPart::loss, MemoryPass::Kind::copy, rank.bytes_of(logits) + Bytes{exponentials});
}

// Of each token: the largest logit, the sum of exponentials, the logit of the right word.
void meet_on_loss(StepList& list, const StageRank& rank) {
  constexpr double all_reduces = 3;
  list.collective(StepPart::tensor_exchange, {RankAxis::tensor, rank.groups.tensor},
                  Collective::Kind::all_reduce, {product(size_of(DType::f32), rank.tokens.inside)},
                  DType::f32, all_reduces);
}

}  // namespace

void embedding_forward(StepList& list, const StageRank& rank) {
  const double looked_up = product(rank.tokens.inside, rank.model.hidden);
  list.pass(StepPart::embedding, MemoryPass::Kind::copy, rank.bytes_of(2 * looked_up));
  leave_split(list, rank);
}

// Rows of gradients are read, added to the rows of their words, and written there.
void embedding_backward(StepList& list, const StageRank& rank) {
  const double looked_up = product(rank.tokens.inside, rank.model.hidden);
  enter_split_backward(list, rank);
  list.pass(StepPart::embedding, MemoryPass::Kind::add,
            rank.bytes_of(looked_up) + rank.gradients_of(2 * looked_up));
}

void output_forward(StepList& list, const StageRank& rank) {
  norm_forward(list, rank);
  enter_split(list, rank, rank.model.hidden);
  list.linear(StepPart::output, projection_of(rank));
  loss_pass(list, rank);
  meet_on_loss(list, rank);
}

void output_decoded(StepList& list, const StageRank& rank) {
  norm_forward(list, rank);
  list.linear(StepPart::output, projection_of(rank));
  const std::int64_t tensor = rank.groups.tensor;
  const std::int64_t padded = share_of(rank.model.vocab, tensor) * tensor;
  list.collective(StepPart::tensor_exchange, {RankAxis::tensor, tensor},
                  Collective::Kind::all_gather, rank.bytes_of(product(rank.tokens.inside, padded)),
                  rank.type);
}

void output_gather_again(StepList& list, const StageRank& rank) {
  enter_split(list, rank, rank.model.hidden);
}

void output_backward(StepList& list, const StageRank& rank) {
  loss_pass(list, rank);
  list.linear(StepPart::output, projection_of(rank));
  leave_split_backward(list, rank, rank.model.hidden);
  norm_backward(list, rank);
}

}  // namespace shortfall
