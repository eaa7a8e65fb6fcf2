// Passes over arrays in memory.
#pragma once

#include "core/operation/work.hpp"

namespace shortfall {

// One pass over arrays of f64: read sums one, copy is a = b, triad is a = b + 3 c.
struct MemoryPass {
  enum class Kind { read, copy, triad };
  static constexpr double scale = 3;
  Kind kind;
  Bytes bytes;  // of all its arrays together: the working set
};

Layout layout_of(const MemoryPass& pass, const Group& group);
Work work_of(const MemoryPass& pass, const Group& group);

}  // namespace shortfall
