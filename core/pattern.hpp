// The numbers that verification puts into buffers, and the numbers that must come out. A Pattern is
// a value without pointers, so a device can write and compare it where the buffer lives.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <variant>

#include "core/operation.hpp"

namespace shortfall {

struct Draw {  // which of the many possible fillings
  std::uint64_t seed = 1;
  std::uint64_t batch = 0;
};

// The whole numbers that may be drawn: [-2^bits, 2^bits - 1] ([0, 2^bits - 1] for unsigned types),
// so small that every partial sum of an operation is exact in its type, whatever the order of
// summation. Where even that would be too much from each rank, only one rank in `one_in`
// contributes to an element; the others hold what changes nothing: 0, of a product 1.
struct Range {
  int bits = 0;
  int one_in = 1;
  int multiple = 1;  // each is so much times what was drawn: so that sums can be divided by it
  bool is_of_factors = false;  // 1, 2 and, of signed types, their negatives are drawn instead
};
Range exact_range(const Operation& operation, const Group& group);

// Why no numbers make each result of an operation exact; "" = some do. Averages of floating-point
// numbers are products with 1/n: exact where that is a power of two that no type loses.
std::string why_not_exact(const Operation& operation, const Group& group);

struct Poison {};  // NaN, or 0x7f bytes: what was never overwritten cannot pass
struct Own {       // one rank's own numbers from `first` on, repeated after `period` elements
  int rank, operand;
  std::size_t period, first = 0;
};
struct Placed {  // a rank's own numbers in elements [at, at + count), Poison around them
  Own own;
  std::size_t at, count;
};
struct Reduced {  // over the ranks of a group, from element `first` on
  Collective::Reduction reduction;
  int ranks;
  std::size_t first;
};
struct BlockFromEach {  // element first + i % block of rank i / block
  std::size_t block, first;
};
struct FromNeighbors {  // a block of rank `before`, then one of rank `after`
  int before, after;
  std::size_t block;
};
struct Passed {  // what MemoryPass must leave
  MemoryPass pass;
  int rank;
  std::size_t count;  // elements of each of its arrays
};
struct Indices {  // each drawn from [0, below)
  int rank, operand;
  std::size_t below;
};
struct Constant {  // one number everywhere: what was written, or how often something was done
  double value;
};
struct Drawn {  // an operand of products
  int operand;
  Data data;
  std::size_t period;  // elements of one matrix
};
struct Product {  // of two Drawn operands
  Gemm gemm;
};

using Shape = std::variant<Poison, Own, Placed, Reduced, BlockFromEach, FromNeighbors, Passed,
                           Indices, Constant, Drawn, Product>;

struct Pattern {
  DType type;
  std::size_t count;
  Range range;
  Draw draw;
  Shape shape;
};

// What input number `operand` of `operation` is filled with.
Pattern input(const Operation& operation, const Group& group, std::size_t operand,
              const Draw& draw);

// Fills the output before each batch: Poison, or what an operation in place takes from there.
Pattern output_before(const Operation& operation, const Group& group, const Draw& draw);

// What the output must begin with afterwards; nothing where this rank receives nothing.
std::optional<Pattern> expected(const Operation& operation, const Group& group, const Draw& draw);

struct Mismatch {
  std::size_t index = 0;
  double got = 0;
  double want = 0;
};

// For backends whose buffers the host can read. `data` holds pattern.count elements of
// pattern.type. write() takes any shape but Product, and of nvfp4 Drawn alone. first_mismatch()
// compares number by number (0 is -0, NaN is nothing), a Product by Freivalds' check
// (core/freivalds.hpp); nothing equals Poison, not even itself.
void write(std::span<std::byte> data, const Pattern& pattern);
std::optional<Mismatch> first_mismatch(std::span<const std::byte> data, const Pattern& pattern);

// Of any bytes, by eight: equal results of repeats have equal fingerprints.
std::uint64_t fingerprint(std::span<const std::byte> data);

}  // namespace shortfall
