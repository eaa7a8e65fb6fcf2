// The parts of a model, forward and backward: what steps() puts one behind the other. Each adds to
// the list what one micro-batch does, in the phase that the list is in.
#pragma once

#include "model/training/step_list.hpp"

namespace shortfall {

// Blocks begin and end on the tokens between them: the first norm and the residual are theirs.
// What a backward pass gathers again, because it was not kept, is a function of its own.
void attention_forward(StepList& list, const StageRank& rank);
void attention_core_forward(StepList& list, const StageRank& rank);
void attention_gather_again(StepList& list, const StageRank& rank);
void attention_backward(StepList& list, const StageRank& rank);

// Of one token of each sequence: queries meet the keys and values of `context` tokens, which are
// kept in memory. Latent attention keeps those before they are projected to heads, and projects
// queries and results instead.
void attention_decoded(StepList& list, const StageRank& rank, std::int64_t context);

void mlp_forward(StepList& list, const StageRank& rank);
void mlp_gather_again(StepList& list, const StageRank& rank);
void mlp_backward(StepList& list, const StageRank& rank);

void experts_forward(StepList& list, const StageRank& rank);
void experts_gather_again(StepList& list, const StageRank& rank);
void experts_backward(StepList& list, const StageRank& rank);

void embedding_forward(StepList& list, const StageRank& rank);
void embedding_backward(StepList& list, const StageRank& rank);

// The last norm, the projection to the vocabulary and the loss.
void output_forward(StepList& list, const StageRank& rank);
void output_gather_again(StepList& list, const StageRank& rank);
void output_backward(StepList& list, const StageRank& rank);
// Without a loss: every rank learns all logits, to choose the next word.
void output_decoded(StepList& list, const StageRank& rank);

// Norms and residuals between blocks.
void norm_forward(StepList& list, const StageRank& rank);
void norm_backward(StepList& list, const StageRank& rank);
void residual(StepList& list, const StageRank& rank);  // both ways alike

// Where a block begins whose matrices are split over the tensor-parallel ranks, and where it ends.
// `width` is that of a token as it enters; it leaves with the model's.
void enter_split(StepList& list, const StageRank& rank, std::int64_t width);
void leave_split(StepList& list, const StageRank& rank);
void enter_split_backward(StepList& list, const StageRank& rank);
void leave_split_backward(StepList& list, const StageRank& rank, std::int64_t width);

// One MLP on so many tokens: two products, one of them two matrices wide if it is gated, and the
// function between them.
struct Mlp {
  StepPart part;
  std::int64_t tokens, width;
  std::int64_t batch = 1;
};
void mlp_products(StepList& list, const StageRank& rank, const Mlp& mlp);
void mlp_products_backward(StepList& list, const StageRank& rank, const Mlp& mlp);

}  // namespace shortfall
