// The parts of Freivalds' check that are the same wherever a matrix lies: how its operands are
// drawn again, and what becomes of the sums over its rows.
#pragma once

#include <span>
#include <vector>

#include "core/pattern.hpp"
#include "core/row_sums.hpp"

namespace shortfall {

// The operand that the signs x are drawn as: no other has this number.
constexpr int sign_operand = 7;
std::vector<double> random_signs(std::size_t count, const Draw& draw);

// An operand of a batch of products, drawn again row by row.
class DrawnRows {
 public:
  DrawnRows(const Gemm& gemm, std::size_t operand, const Draw& draw);
  // All rows of a batch are numbered through.
  void draw(std::span<double> row, std::size_t number) const;

 private:
  Pattern pattern_;
};

// Numbers of `type`, as they lie in memory.
void read_numbers(std::span<double> to, std::span<const std::byte> from, DType type);

// Whether rounding explains the difference between the sums of a row. `right` is the sum of the
// squares of all of B. What is not finite is explained by nothing.
bool is_right(const Gemm& gemm, const LeftSums& of_a, const SignedSums& of_c, double right);

// Which element of a row that is not right? `found` are its numbers in C. Takes a product of the
// row with all of B.
Mismatch wrong_element(const Gemm& gemm, const Draw& draw, std::size_t row,
                       std::span<const double> found);

}  // namespace shortfall
