#include "core/freivalds_rows.hpp"

#include <algorithm>
#include <cmath>

#include "core/draw_data.hpp"
#include "core/rounding.hpp"

namespace shortfall {
namespace {

constexpr double deviations_allowed = 8;

std::size_t size(std::int64_t n) { return static_cast<std::size_t>(n); }

bool is_explained(const Gemm& g, double off, const Terms& terms, double columns) {
  const double allowed = is_exact(g) ? 0 : deviations_allowed * rounding_of(g, terms, columns);
  return std::isfinite(off) && off <= allowed;
}

}  // namespace

std::vector<double> random_signs(std::size_t count, const Draw& draw) {
  const draw::Key key = draw::key_of(0, sign_operand, draw);
  std::vector<double> x(count);
  for (std::size_t i = 0; i < count; ++i) x[i] = draw::sign(i, key);
  return x;
}

DrawnRows::DrawnRows(const Gemm& gemm, std::size_t operand, const Draw& draw)
    : pattern_(input(gemm, {}, operand, draw)) {}

void DrawnRows::draw(std::span<double> row, std::size_t number) const {
  const std::size_t first = number * row.size();
  draw::with_type(pattern_.type, [&]<class T>(T) {
    draw::with_elements<T>(std::get<Drawn>(pattern_.shape), pattern_.draw, [&](auto element) {
      for (std::size_t j = 0; j < row.size(); ++j) row[j] = draw::to_number(element(first + j));
    });
  });
}

void read_numbers(std::span<double> to, std::span<const std::byte> from, DType type) {
  draw::with_type(type, [&]<class T>(T) {
    std::ranges::transform(draw::elements<T>(from).first(to.size()), to.begin(),
                           [](T number) { return draw::to_number(number); });
  });
}

bool is_right(const Gemm& gemm, const LeftSums& of_a, const SignedSums& of_c, double right) {
  const Terms terms{
      .paired = of_a.paired, .left = of_a.squares, .right = right, .found = of_c.squares};
  return is_explained(gemm, std::abs(of_c.product - of_a.product), terms,
                      static_cast<double>(gemm.n));
}

Mismatch wrong_element(const Gemm& gemm, const Draw& draw, std::size_t row,
                       std::span<const double> found) {
  const std::vector<std::size_t> firsts = first_rows(gemm);
  const std::size_t product = product_of(row, firsts.data(), firsts.size() - 1);
  std::vector<double> a(size(gemm.k)), b(found.size()), want(found.size());
  std::vector<Terms> terms(found.size());
  DrawnRows(gemm, 0, draw).draw(a, row);
  const DrawnRows right(gemm, 1, draw);
  for (std::size_t p = 0; p < a.size(); ++p) {
    right.draw(b, product * a.size() + p);
    for (std::size_t j = 0; j < b.size(); ++j) {
      want[j] += a[p] * b[j];
      terms[j].paired += a[p] * a[p] * b[j] * b[j];
      terms[j].left += a[p] * a[p];
      terms[j].right += b[j] * b[j];
    }
  }
  std::size_t worst = 0;
  for (std::size_t j = 0; j < found.size(); ++j) {
    terms[j].found = found[j] * found[j];
    if (is_explained(gemm, std::abs(found[j] - want[j]), terms[j], 1)) continue;
    worst = j;
    break;
  }
  return {row * found.size() + worst, found[worst], want[worst]};
}

}  // namespace shortfall
