// Matrix products.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "core/operation/data.hpp"
#include "core/operation/work.hpp"

namespace shortfall {

// C = A B, all row-major: A is m x k, B is k x n. int8 means u8 (of at most 127) times s8, summed
// in i32; f8_e5m2 means e5m2 times e4m3. The scales of mxfp8 and nvfp4 are all 1.
struct Gemm {
  std::int64_t m, n, k;
  DType type = DType::f32;
  std::int64_t batch = 1;  // independent products; their matrices lie one behind the other
  Data data = {};
  // Grouped, as the experts of a mixture are: m counts the rows of all products, which are dealt to
  // them by a Zipf distribution of this exponent; 0 is evenly.
  std::optional<double> skew = std::nullopt;
  bool is_cold = false;  // no call finds its operands in a cache
  friend bool operator==(const Gemm&, const Gemm&) = default;
};

Layout layout_of(const Gemm& gemm, const Group& group);
Work work_of(const Gemm& gemm, const Group& group);

// Where the rows of each product begin in A and in C, and behind the last of them where all end.
std::vector<std::size_t> first_rows(const Gemm& gemm);

// Of what C is: the accumulator's type for integers and tf32, bf16 for types of 8 bits and less,
// the inputs' type otherwise.
DType result_type(const Gemm& gemm);

}  // namespace shortfall
