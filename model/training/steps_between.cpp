// What lies between blocks of matrices, and where the tensor-parallel ranks exchange activations.
#include "model/training/blocks.hpp"
#include "model/training/counts.hpp"

namespace shortfall {
namespace {

using Kind = Collective::Kind;

Bytes stream_of(const StageRank& rank, int arrays) {
  return rank.bytes_of(product(arrays, rank.tokens.between, rank.model.hidden));
}

void exchange(StepList& list, const StageRank& rank, Kind kind, std::int64_t width) {
  list.collective(StepPart::tensor_exchange, {RankAxis::tensor, rank.groups.tensor}, kind,
                  rank.bytes_of(product(rank.tokens.inside, width)), rank.type);
}

}  // namespace

// x to y; x and dy to dx.
void norm_forward(StepList& list, const StageRank& rank) {
  list.pass(StepPart::norm, MemoryPass::Kind::copy, stream_of(rank, 2));
}

void norm_backward(StepList& list, const StageRank& rank) {
  list.pass(StepPart::norm, MemoryPass::Kind::add, stream_of(rank, 3));
}

// The sum of a block's input and output, or of the gradients that come back on both ways.
void residual(StepList& list, const StageRank& rank) {
  list.pass(StepPart::residual, MemoryPass::Kind::add, stream_of(rank, 3));
}

// Without sequence parallelism every rank has all tokens, and partial sums are what leaves.
void enter_split(StepList& list, const StageRank& rank, std::int64_t width) {
  if (rank.is_sequence_parallel) exchange(list, rank, Kind::all_gather, width);
}

void leave_split(StepList& list, const StageRank& rank) {
  exchange(list, rank, rank.is_sequence_parallel ? Kind::reduce_scatter : Kind::all_reduce,
           rank.model.hidden);
}

void enter_split_backward(StepList& list, const StageRank& rank) {
  enter_split(list, rank, rank.model.hidden);
}

void leave_split_backward(StepList& list, const StageRank& rank, std::int64_t width) {
  exchange(list, rank, rank.is_sequence_parallel ? Kind::reduce_scatter : Kind::all_reduce, width);
}

}  // namespace shortfall
