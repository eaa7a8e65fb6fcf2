// The core of attention: softmax(Q K^T) V, in one kernel that keeps no matrix of scores.
#pragma once

#include <cstdint>

#include "core/operation/work.hpp"

namespace shortfall {

struct Attention {
  enum class Direction {
    forward,
    backward  // five products instead of two: queries and keys are multiplied again
  };

  std::int64_t batch, heads, kv_heads;  // kv_heads < heads: several heads share keys and values
  std::int64_t queries, keys;           // of one sequence
  std::int64_t key_dim, value_dim;      // of one head
  Direction direction = Direction::forward;
  bool causal = true;  // half of all pairs of query and key count
  DType type = DType::bf16;
  friend bool operator==(const Attention&, const Attention&) = default;
};

// Forward: Q, K, V to O. Backward: Q, K, V, O, dO to dQ, dK and dV, one behind the other.
Layout layout_of(const Attention& attention, const Group& group);
Work work_of(const Attention& attention, const Group& group);

}  // namespace shortfall
