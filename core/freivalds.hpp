// Freivalds' check of a matrix product (1977): C x = A (B x) for a random x of +1 and -1, in f64.
// It costs three matrix-vector products instead of a second matrix product.
#pragma once

#include <optional>
#include <span>

#include "core/pattern.hpp"

namespace shortfall {

// `c` holds m x n elements of result_type(gemm); A and B are the Normal operands of `draw`, drawn
// again. Integers must agree exactly. For the others a row may be off by 8 standard deviations of
// what rounding explains: sqrt(n) (u_acc k / sqrt(2) + u_out sqrt(k)), with the units of roundoff
// of the accumulator and of C; an error of one element that is larger than that is always found
// unless the signs of several conceal it (probability <= 1/2 for a whole row). Returns the first
// element of the first wrong row that is itself off, else that row's first element. NaN never
// passes.
std::optional<Mismatch> freivalds(std::span<const std::byte> c, const Gemm& gemm, const Draw& draw);

}  // namespace shortfall
