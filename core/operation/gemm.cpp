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
  const DType right = g.type == DType::f8_e5m2 ? DType::f8_e4m3 : g.type;
  return {{matrices(g.m, g.k, left), matrices(g.k, g.n, right)},
          matrices(g.m, g.n, result_type(g))};
}

Work work_of(const Gemm& g, const Group& group) {
  return {.flop = {2 * static_cast<double>(g.batch) * product_of(g.m, g.n, g.k)},
          .memory = footprint(layout_of(g, group))};
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
