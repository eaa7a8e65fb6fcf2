// What rounding may do to a matrix product: the tolerance of its check.
#pragma once

#include "core/operation/gemm.hpp"

namespace shortfall {

// Squares that the roundings of one row of C, or of one element, depend on.
struct Terms {
  double paired = 0;  // sum over p of a_p^2 (sum over columns of b_p^2)
  double left = 0;    // sum over p of a_p^2
  double right = 0;   // sum over p and columns of b_p^2
  double found = 0;   // sum over columns of c^2, as found
};

// The root of the summed squares of the rounding errors that may be in the columns that `terms`
// are summed over, those of a check in f64 over `columns` columns included.
//
// Terms of random signs: partial sums walk, so that of t terms of mean square q they are
// sqrt(t q) in the mean, and k of them are rounded: variance u^2 (k + 1) / 2 times the sum of
// squares, and u^2 for rounded products. What tensor units drop does not walk, but adds up (Fasi,
// Higham, Mikaitis, Pranesh: Numerical behavior of NVIDIA tensor cores, 2021). Sorted terms do not
// walk: neighbours are alike, and so are the errors of adding them. There every partial sum is at
// most |a| |b|, and every one of k + 1 roundings takes u of it. The result is rounded once more, by
// u_out of what was found. Of f16 that is 2^-25 at least, below which its numbers have no more
// bits.
double rounding_of(const Gemm& gemm, const Terms& terms, double columns);

// Whether every partial sum of every order is a number of the accumulator's type and of C's.
bool is_exact(const Gemm& gemm);

}  // namespace shortfall
