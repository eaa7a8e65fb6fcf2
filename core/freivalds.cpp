#include "core/freivalds.hpp"

#include "core/freivalds_rows.hpp"

namespace shortfall {
namespace {

using Vector = std::vector<double>;

std::size_t size(std::int64_t n) { return static_cast<std::size_t>(n); }

class Check {
 public:
  Check(std::span<const std::byte> c, const Gemm& g, const Draw& draw)
      : c_(c), g_(g), draw_(draw), left_(g, 0, draw), right_(g, 1, draw) {}

  // Rows [first, beyond) of C are those of this product.
  std::optional<Mismatch> run(std::size_t product, std::size_t first, std::size_t beyond,
                              const Vector& x) const {
    if (first == beyond) return std::nullopt;
    const std::vector<SignedSums> bx = right_sums(product, x);
    double right = 0;
    for (const SignedSums& row : bx) right += row.squares;
    Vector a(size(g_.k)), found(size(g_.n));
    for (std::size_t row = first; row < beyond; ++row) {
      left_.draw(a, row);
      read_row(found, row);
      LeftSums of_a;
      SignedSums of_c;
      for (std::size_t p = 0; p < a.size(); ++p) add(of_a, a[p], bx[p]);
      for (std::size_t j = 0; j < x.size(); ++j) add(of_c, found[j], x[j]);
      if (!is_right(g_, of_a, of_c, right)) return wrong_element(g_, draw_, row, found);
    }
    return std::nullopt;
  }

 private:
  std::vector<SignedSums> right_sums(std::size_t product, const Vector& x) const {
    std::vector<SignedSums> sums(size(g_.k));
    Vector b(x.size());
    for (std::size_t p = 0; p < sums.size(); ++p) {
      right_.draw(b, product * sums.size() + p);
      for (std::size_t j = 0; j < x.size(); ++j) add(sums[p], b[j], x[j]);
    }
    return sums;
  }

  void read_row(Vector& row, std::size_t number) const {
    const DType type = result_type(g_);
    const std::size_t bytes = bytes_of(type, row.size());
    read_numbers(row, c_.subspan(number * bytes, bytes), type);
  }

  std::span<const std::byte> c_;
  Gemm g_;
  Draw draw_;
  DrawnRows left_, right_;
};

}  // namespace

std::optional<Mismatch> freivalds(std::span<const std::byte> c, const Gemm& gemm,
                                  const Draw& draw) {
  const Vector x = random_signs(size(gemm.n), draw);
  const std::vector<std::size_t> firsts = first_rows(gemm);
  const Check check(c, gemm, draw);
  for (std::size_t product = 0; product + 1 < firsts.size(); ++product) {
    if (auto wrong = check.run(product, firsts[product], firsts[product + 1], x)) return wrong;
  }
  return std::nullopt;
}

}  // namespace shortfall
