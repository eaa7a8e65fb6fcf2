// Attention's core where no kernel does it at once: products, and what lies between them.
#pragma once

#include "core/operation/attention.hpp"
#include "core/operation/gemm.hpp"

namespace shortfall {

// Of all sequences and heads. No product knows of the mask: all pairs of query and key are
// multiplied. Forward, each is done once; backward, twice, once for each operand's gradient.
struct AttentionApart {
  Gemm scores;   // queries with keys
  Gemm results;  // scores with values
  // Softmax (and dropout) of all scores; queries, keys, values and results, which are brought into
  // the order of heads and back.
  Bytes passed;
};

AttentionApart apart(const Attention& attention, bool has_dropout);

}  // namespace shortfall
