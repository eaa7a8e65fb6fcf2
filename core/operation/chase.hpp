// The time of one load that waits for the one before: latency of caches and memory.
#pragma once

#include <algorithm>

#include "core/operation/placement.hpp"
#include "core/operation/work.hpp"

namespace shortfall {

// Follows links from cache line to cache line, which are one random cycle through all of `bytes`,
// so that no prefetcher can guess the next one. Each call goes on where the last one stopped.
struct Chase {
  static constexpr std::size_t line = 64;
  // Loads of a call: short beside a sample even in memory. Divided by no power of two above 16, so
  // that a call never goes round whole cycles of 2 KiB, 4 KiB, ...: one without loads is found out.
  static constexpr int unrolled = 16;
  static constexpr int steps = 1025 * unrolled;

  enum class Lines {
    own,   // in the memory of the device that follows them
    host,  // in pinned memory of the host, followed by an accelerator
    peer   // in the memory of rank 1's accelerator, followed by rank 0's
  };

  Bytes bytes;  // of the lines that are visited
  Placement placement = {};
  Lines lines = Lines::own;
  friend bool operator==(const Chase&, const Chase&) = default;
};

inline std::size_t lines_of(const Chase& chase) {
  return std::max(whole(chase.bytes) / Chase::line, std::size_t{1});
}

// The lines, unless they lie elsewhere, and how far along the cycle the last call came.
inline Layout layout_of(const Chase& chase, const Group&) {
  Layout buffers{{}, {DType::f64, 1}};
  if (chase.lines == Chase::Lines::own) {
    buffers.inputs.push_back({DType::u8, lines_of(chase) * Chase::line});
  }
  return buffers;
}

// Nothing but time: a load is neither a flop, nor does its line's traffic fill the memory.
inline Work work_of(const Chase&, const Group&) { return {}; }

}  // namespace shortfall
