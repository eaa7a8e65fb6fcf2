#include "core/freivalds.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "core/draw.hpp"

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

// Elements of one row of a Normal operand, drawn again.
void draw_row(Vector& row, std::size_t number, int operand, DType type, const Draw& draw) {
  const auto quantiles = draw::normal_quantiles();
  const draw::Key key = draw::key_of(0, operand, draw);
  draw::with_type(type, [&]<class T>(T) {
    for (std::size_t j = 0; j < row.size(); ++j) {
      const auto random = draw::bits(number * row.size() + j, key);
      row[j] = draw::to_number(draw::normal<T>(random, quantiles));
    }
  });
}

double dot(const Vector& a, const Vector& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

// Of rounding in one element of C: of the accumulation (a random walk over partial sums that grow
// as the square root of their number), and of the result.
double deviation(const Gemm& g) {
  const double u_accumulator = g.type == DType::f64 ? 0x1p-53 : 0x1p-24;
  const double u_result = g.type == DType::bf16 ? 0x1p-9 : u_accumulator;
  const auto k = static_cast<double>(g.k);
  return result_type(g) == DType::i32
             ? 0
             : u_accumulator * k / std::sqrt(2.0) + u_result * std::sqrt(k);
}

constexpr double deviations_allowed = 8;

class Check {
 public:
  Check(std::span<const std::byte> c, const Gemm& g, const Draw& draw)
      : c_(c), g_(g), draw_(draw), buffers_(layout(g, {})) {}

  std::optional<Mismatch> run() {
    const Vector x = random_signs(size(g_.n), draw_);
    const Vector bx = product(1, size(g_.k), x);
    const Vector abx = product(0, size(g_.m), bx);
    const double allowed =
        deviations_allowed * deviation(g_) * std::sqrt(static_cast<double>(g_.n));
    Vector row(size(g_.n));
    for (std::size_t i = 0; i < abx.size(); ++i) {
      read_row(row, i);
      if (!(std::abs(dot(row, x) - abx[i]) <= allowed)) return element_of(i, row);
    }
    return std::nullopt;
  }

 private:
  Vector product(int operand, std::size_t rows, const Vector& by) const {
    Vector result(rows);
    Vector row(by.size());
    for (std::size_t i = 0; i < rows; ++i) {
      draw_row(row, i, operand, buffers_.inputs[static_cast<std::size_t>(operand)].type, draw_);
      result[i] = dot(row, by);
    }
    return result;
  }

  void read_row(Vector& row, std::size_t number) const {
    draw::with_type(buffers_.output.type, [&]<class T>(T) {
      const auto from = draw::elements<T>(c_).subspan(number * row.size(), row.size());
      std::ranges::transform(from, row.begin(), [](T v) { return draw::to_number(v); });
    });
  }

  // The whole row once more, exactly: which element is it?
  Mismatch element_of(std::size_t number, const Vector& found) const {
    Vector a(size(g_.k)), b(size(g_.n)), want(size(g_.n));
    draw_row(a, number, 0, buffers_.inputs[0].type, draw_);
    for (std::size_t p = 0; p < a.size(); ++p) {
      draw_row(b, p, 1, buffers_.inputs[1].type, draw_);
      for (std::size_t j = 0; j < b.size(); ++j) want[j] += a[p] * b[j];
    }
    const double allowed = deviations_allowed * deviation(g_);
    std::size_t worst = 0;
    for (std::size_t j = 0; j < found.size(); ++j) {
      if (!(std::abs(found[j] - want[j]) <= allowed)) {
        worst = j;
        break;
      }
    }
    return {number * found.size() + worst, found[worst], want[worst]};
  }

  std::span<const std::byte> c_;
  Gemm g_;
  Draw draw_;
  Layout buffers_;
};

}  // namespace

std::optional<Mismatch> freivalds(std::span<const std::byte> c, const Gemm& gemm,
                                  const Draw& draw) {
  return Check(c, gemm, draw).run();
}

}  // namespace shortfall
