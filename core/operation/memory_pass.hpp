// Passes over arrays in memory.
#pragma once

#include <optional>
#include <string_view>

#include "core/operation/mover.hpp"
#include "core/operation/placement.hpp"
#include "core/operation/work.hpp"

namespace shortfall {

// One pass over arrays of f64.
struct MemoryPass {
  enum class Kind {
    read,   // sum of a
    write,  // a = 7
    copy,   // a = b
    scale,  // a = 3 b
    add,    // a = b + c
    triad,  // a = b + 3 c
    dot,    // sum of a b
    mix,    // a = b + c + ..., of `reads` arrays: one stream is written, several are read
    gather  // a[i] = b[index[i]], every index drawn from all of b
  };
  static constexpr double scale = 3;
  static constexpr double constant = 7;  // what a write leaves
  static constexpr int most_reads = 4;

  Kind kind;
  Bytes bytes;    // of all its arrays together: the working set
  int reads = 1;  // of a mix: 1 to most_reads
  Placement placement = {};
  bool is_cold = false;      // no call finds its arrays in a cache
  Mover by = Mover::kernel;  // of a copy by an accelerator, its copy engine may do it
  friend bool operator==(const MemoryPass&, const MemoryPass&) = default;
};

Layout layout_of(const MemoryPass& pass, const Group& group);
Work work_of(const MemoryPass& pass, const Group& group);

// As the benchmark is called, behind "memory_": "copy"; and back.
std::string_view name_of(MemoryPass::Kind kind);
std::optional<MemoryPass::Kind> pass_kind_named(std::string_view name);

// Whether it leaves one number instead of an array.
bool is_sum(MemoryPass::Kind kind);

}  // namespace shortfall
