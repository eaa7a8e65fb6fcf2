// A matrix with its rows and columns exchanged: some types are multiplied only if both operands lie
// along the sums. Included by code for the device: C++17.
#pragma once

#include <cuda_runtime_api.h>

#include <cstdint>

namespace shortfall::cuda {

// From `rows` x `columns` to `columns` x `rows`, row-major, of each of `matrices` that lie one
// behind the other. Numbers of one byte, or two in a byte, the first in its lower half.
struct Transposition {
  const std::uint8_t* from;
  std::uint8_t* to;
  std::int64_t rows, columns, matrices;
  bool is_in_pairs;  // then both are even
};

constexpr std::int64_t bytes_of(const Transposition& t) {
  return t.rows * t.columns * t.matrices / (t.is_in_pairs ? 2 : 1);
}

// Number `i` of all that `t.to` will hold.
constexpr unsigned transposed_number(const Transposition& t, std::int64_t i) {
  const std::int64_t size = t.rows * t.columns, in_matrix = i % size;
  const std::int64_t column = in_matrix / t.rows, row = in_matrix % t.rows;
  const std::int64_t at = i - in_matrix + row * t.columns + column;
  if (!t.is_in_pairs) return t.from[at];
  return (t.from[at / 2] >> (at % 2 * 4)) & 15U;
}

// Byte `i` of t.to.
constexpr std::uint8_t transposed_byte(const Transposition& t, std::int64_t i) {
  if (!t.is_in_pairs) return static_cast<std::uint8_t>(transposed_number(t, i));
  return static_cast<std::uint8_t>(transposed_number(t, 2 * i) | transposed_number(t, 2 * i + 1)
                                                                     << 4U);
}

void launch_transposition(const Transposition& t, cudaStream_t stream);

}  // namespace shortfall::cuda
