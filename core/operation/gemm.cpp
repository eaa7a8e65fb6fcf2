#include "core/operation/gemm.hpp"

#include <algorithm>

namespace shortfall {
namespace {

// No machine has more, and its bytes still fit into 64 bits: what is larger is refused for lack of
// memory rather than taken for something small.
constexpr double most_elements = 0x1p60;

double product_of(std::int64_t a, std::int64_t b, std::int64_t c) {
  return static_cast<double>(a) * static_cast<double>(b) * static_cast<double>(c);
}

}  // namespace

Layout layout_of(const Gemm& g, const Group&) {
  const auto matrices = [&](std::int64_t rows, std::int64_t columns, DType type) {
    const double count = std::min(product_of(g.batch, rows, columns), most_elements);
    return Operand{type, static_cast<std::size_t>(count)};
  };
  const DType left = g.type == DType::int8 ? DType::u8 : g.type;
  return {{matrices(g.m, g.k, left), matrices(g.k, g.n, g.type)},
          matrices(g.m, g.n, result_type(g))};
}

Work work_of(const Gemm& g, const Group& group) {
  return {.flop = {2 * static_cast<double>(g.batch) * product_of(g.m, g.n, g.k)},
          .memory = footprint(layout_of(g, group))};
}

DType result_type(const Gemm& gemm) { return gemm.type == DType::int8 ? DType::i32 : gemm.type; }

}  // namespace shortfall
