#include "core/freivalds.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "core/draw_data.hpp"
#include "core/rounding.hpp"

namespace shortfall {
namespace {

using Vector = std::vector<double>;

std::size_t size(std::int64_t n) { return static_cast<std::size_t>(n); }

Vector random_signs(std::size_t n, const Draw& draw) {
  const draw::Key key = draw::key_of(0, 7, draw);
  Vector x(n);
  for (std::size_t i = 0; i < n; ++i) x[i] = (draw::bits(i, key) & 1U) != 0 ? 1 : -1;
  return x;
}

double dot(const Vector& a, const Vector& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

constexpr double deviations_allowed = 8;

// One product of a batch.
class Check {
 public:
  // `product`, whose rows of A and C are those from `first_row` to before `end_row`.
  Check(std::span<const std::byte> c, const Gemm& g, const Draw& draw, std::size_t product,
        std::int64_t first_row, std::int64_t end_row)
      : c_(c),
        g_(g),
        draw_(draw),
        product_(product),
        first_row_(size(first_row)),
        rows_(size(end_row - first_row)),
        buffers_(layout(g, {})) {}

  std::optional<Mismatch> run(const Vector& x) const {
    Vector bx(size(g_.k)), squares(size(g_.k));
    Terms terms;
    Vector b(size(g_.n));
    for (std::size_t p = 0; p < bx.size(); ++p) {
      draw_row(b, p, 1);
      bx[p] = dot(b, x);
      squares[p] = dot(b, b);
      terms.right += squares[p];
    }
    Vector a(size(g_.k)), found(size(g_.n));
    for (std::size_t i = 0; i < rows_; ++i) {
      draw_row(a, i, 0);
      read_row(found, i);
      const double off = std::abs(dot(found, x) - dot(a, bx));
      for (double& element : a) element *= element;
      terms.paired = dot(a, squares);
      terms.left = std::accumulate(a.begin(), a.end(), 0.0);
      terms.found = dot(found, found);
      if (!is_explained(off, terms, static_cast<double>(g_.n))) return element_of(i, found);
    }
    return std::nullopt;
  }

 private:
  // By rounding. What is not finite is explained by nothing.
  bool is_explained(double off, const Terms& terms, double columns) const {
    const double allowed = is_exact(g_) ? 0 : deviations_allowed * rounding_of(g_, terms, columns);
    return std::isfinite(off) && off <= allowed;
  }

  // Elements of one row of an operand, drawn again.
  void draw_row(Vector& row, std::size_t number, std::size_t operand) const {
    const Pattern pattern = input(g_, {}, operand, draw_);
    const std::size_t before = operand == 0 ? first_row_ : product_ * size(g_.k);
    const std::size_t first = (before + number) * row.size();
    draw::with_type(pattern.type, [&]<class T>(T) {
      draw::with_elements<T>(std::get<Drawn>(pattern.shape), pattern.draw, [&](auto element) {
        for (std::size_t j = 0; j < row.size(); ++j) row[j] = draw::to_number(element(first + j));
      });
    });
  }

  std::size_t first_of_row(std::size_t number) const { return (first_row_ + number) * size(g_.n); }

  void read_row(Vector& row, std::size_t number) const {
    draw::with_type(buffers_.output.type, [&]<class T>(T) {
      const auto from = draw::elements<T>(c_).subspan(first_of_row(number), row.size());
      std::ranges::transform(from, row.begin(), [](T v) { return draw::to_number(v); });
    });
  }

  // The whole row once more: which element is it?
  Mismatch element_of(std::size_t number, const Vector& found) const {
    Vector a(size(g_.k)), b(size(g_.n)), want(size(g_.n));
    std::vector<Terms> terms(want.size());
    draw_row(a, number, 0);
    for (std::size_t p = 0; p < a.size(); ++p) {
      draw_row(b, p, 1);
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
      if (is_explained(std::abs(found[j] - want[j]), terms[j], 1)) continue;
      worst = j;
      break;
    }
    return {first_of_row(number) + worst, found[worst], want[worst]};
  }

  std::span<const std::byte> c_;
  Gemm g_;
  Draw draw_;
  std::size_t product_, first_row_, rows_;
  Layout buffers_;
};

}  // namespace

std::optional<Mismatch> freivalds(std::span<const std::byte> c, const Gemm& gemm,
                                  const Draw& draw) {
  const Vector x = random_signs(size(gemm.n), draw);
  const auto first = first_rows(gemm);
  for (std::size_t product = 0; product < size(gemm.batch); ++product) {
    const Check check(c, gemm, draw, product, first[product], first[product + 1]);
    if (auto wrong = check.run(x)) return wrong;
  }
  return std::nullopt;
}

}  // namespace shortfall
