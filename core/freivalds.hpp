// Freivalds' check of a matrix product (1977): C x = A (B x) for a random x of +1 and -1, in f64.
// It costs three matrix-vector products instead of a second matrix product.
#pragma once

#include <optional>
#include <span>

#include "core/pattern.hpp"

namespace shortfall {

// `c` holds the results of every product of the batch, of result_type(gemm); A and B are the Drawn
// operands of `draw`, drawn again. Where sums are exact (integers of any type, zeros), so is the
// check; otherwise a row may be off by 8 deviations of what rounding explains
// (core/rounding.hpp). An error of one element that is larger than that is always found; the signs
// of several may conceal one another (probability <= 1/2 for a whole row). Returns the first
// element of the first wrong row that is itself off, else that row's first element. NaN and
// infinity never pass.
std::optional<Mismatch> freivalds(std::span<const std::byte> c, const Gemm& gemm, const Draw& draw);

}  // namespace shortfall
