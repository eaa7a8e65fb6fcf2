#include "core/operation/gemm.hpp"

#include <algorithm>

#include "core/zipf.hpp"

namespace shortfall {
namespace {

// No machine has more, and its bytes still fit into 64 bits: what is larger is refused for lack of
// memory rather than taken for something small.
constexpr double most_elements = 0x1p60;

// May be more than fit into 64 bits.
double rows_of_all(const Gemm& g) {
  return static_cast<double>(g.m) * (g.skew ? 1 : static_cast<double>(g.batch));
}

}  // namespace

Layout layout_of(const Gemm& g, const Group&) {
  const auto matrices = [](double rows, std::int64_t columns, DType type) {
    const double count = std::min(rows * static_cast<double>(columns), most_elements);
    return Operand{type, static_cast<std::size_t>(count)};
  };
  const double rows = rows_of_all(g);
  const DType left = g.type == DType::int8 ? DType::u8 : g.type;
  const DType right = g.type == DType::f8_e5m2 ? DType::f8_e4m3 : g.type;
  const double weights = static_cast<double>(g.batch) * static_cast<double>(g.k);
  return {{matrices(rows, g.k, left), matrices(weights, g.n, right)},
          matrices(rows, g.n, result_type(g))};
}

Work work_of(const Gemm& g, const Group& group) {
  const double of_a_row = 2 * static_cast<double>(g.n) * static_cast<double>(g.k);
  return {.flop = {rows_of_all(g) * of_a_row}, .memory = footprint(layout_of(g, group))};
}

std::vector<std::size_t> first_rows(const Gemm& g) {
  const auto products = static_cast<std::size_t>(g.batch);
  std::vector<std::size_t> first(products + 1);
  const auto dealt = g.skew ? dealt_by_zipf(static_cast<std::size_t>(g.m), products, *g.skew)
                            : std::vector<std::size_t>(products, static_cast<std::size_t>(g.m));
  for (std::size_t i = 0; i < products; ++i) first[i + 1] = first[i] + dealt[i];
  return first;
}

DType result_type(const Gemm& gemm) {
  switch (gemm.type) {
    case DType::int8:
      return DType::i32;
    case DType::tf32:
      return DType::f32;
    case DType::f8_e4m3:
    case DType::f8_e5m2:
    case DType::mxfp8:
    case DType::nvfp4:
      return DType::bf16;
    default:
      return gemm.type;
  }
}

}  // namespace shortfall
