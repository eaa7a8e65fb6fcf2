// What every operation says of itself: what it costs, and the buffers that it reads and writes.
#pragma once

#include <cstddef>
#include <vector>

#include "core/dtype.hpp"
#include "core/units.hpp"

namespace shortfall {

// The ranks that take part, seen from one of them.
struct Group {
  int rank = 0;
  int size = 1;
};

// What one iteration costs one rank, however fast it is done. docs/methodology.md has the formulas.
struct Work {
  Flops flop = {};
  Bytes memory = {};   // read and written by the program; what caches add is not counted
  Bytes payload = {};  // what the caller asked to move: "algorithm" bytes
  Bytes link = {};     // what must cross the rank's link: "bus" bytes; zero where n = 1 has none
  Messages messages = {};  // of a Transfer, in both directions
  Cycles cycles = {};
};

Work operator+(const Work& a, const Work& b);

struct Operand {
  DType type;
  std::size_t count = 0;
  Bytes bytes() const { return {static_cast<double>(bytes_of(type, count))}; }
};

// So many bytes, as words where they fit: a quarter of the elements to draw and compare.
Operand words_of(Bytes bytes);

// The buffers that an operation reads and writes.
struct Layout {
  std::vector<Operand> inputs;
  Operand output;
};

// All of a layout's buffers together.
Bytes footprint(const Layout& layout);

// Whole elements of `type` in so many bytes.
constexpr std::size_t elements_in(double bytes, DType type) {
  return static_cast<std::size_t>(bytes / static_cast<double>(size_of(type)));
}

}  // namespace shortfall
