#include "model/training/attention_apart.hpp"

#include "model/training/counts.hpp"

namespace shortfall {
namespace {

// Softmax reads and writes them; dropout too, and writes a mask of one byte each. Backward, dropout
// reads the gradient and its mask and writes; softmax reads two arrays and writes one. Of causal
// scores, softmax (Megatron-LM's fused kernel) reads the half that is not masked.
double bytes_of_score(const Attention& a, bool has_dropout) {
  const double read = a.direction == Attention::Direction::backward ? 2 : 1;
  const double softmax = (a.causal ? read / 2 : read) + 1;
  const auto element = static_cast<double>(size_of(a.type));
  return softmax * element + (has_dropout ? 2 * element + 1 : 0);
}

}  // namespace

AttentionApart apart(const Attention& a, bool has_dropout) {
  const std::int64_t batch = a.batch * a.heads;
  const double pairs = product(a.batch, a.heads, a.queries, a.keys);
  const double operands = product(a.batch, a.heads, a.queries, a.key_dim + a.value_dim) +
                          product(a.batch, a.kv_heads, a.keys, a.key_dim + a.value_dim);
  const double read_and_written = 2.0 * static_cast<double>(size_of(a.type));
  return {.scores = {a.queries, a.keys, a.key_dim, a.type, batch},
          .results = {a.queries, a.value_dim, a.keys, a.type, batch},
          .passed = {pairs * bytes_of_score(a, has_dropout) + read_and_written * operands}};
}

}  // namespace shortfall
