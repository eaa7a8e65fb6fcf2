// The sums of Freivalds' check, term by term, on the host and on accelerators alike: in C++17, and
// constant expressions.
#pragma once

#include <cstddef>

namespace shortfall {

// Over one row of B, or of C: with the signs x, and of squares.
struct SignedSums {
  double product = 0;
  double squares = 0;
};
constexpr void add(SignedSums& to, double number, double sign) {
  to.product += number * sign;
  to.squares += number * number;
}
constexpr void add(SignedSums& to, const SignedSums& part) {
  to.product += part.product;
  to.squares += part.squares;
}

// Over one row of A, with the sums of the rows of B.
struct LeftSums {
  double product = 0;  // A (B x)
  double paired = 0;   // of a^2 (sum over columns of b^2)
  double squares = 0;
};
constexpr void add(LeftSums& to, double a, const SignedSums& b) {
  to.product += a * b.product;
  to.paired += a * a * b.squares;
  to.squares += a * a;
}
constexpr void add(LeftSums& to, const LeftSums& part) {
  to.product += part.product;
  to.paired += part.paired;
  to.squares += part.squares;
}

// The product that a row of A and C belongs to. Those of product p begin at first_rows[p]; a
// product may have none.
constexpr std::size_t product_of(std::size_t row, const std::size_t* first_rows,
                                 std::size_t products) {
  std::size_t least = 0, beyond = products;
  while (beyond - least > 1) {
    const std::size_t middle = least + (beyond - least) / 2;
    if (first_rows[middle] <= row) {
      least = middle;
    } else {
      beyond = middle;
    }
  }
  return least;
}

}  // namespace shortfall
