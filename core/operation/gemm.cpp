#include "core/operation/gemm.hpp"

namespace shortfall {

Layout layout_of(const Gemm& g, const Group&) {
  const auto matrix = [](std::int64_t rows, std::int64_t columns, DType type) {
    return Operand{type, static_cast<std::size_t>(rows * columns)};
  };
  const DType left = g.type == DType::int8 ? DType::u8 : g.type;
  return {{matrix(g.m, g.k, left), matrix(g.k, g.n, g.type)}, matrix(g.m, g.n, result_type(g))};
}

Work work_of(const Gemm& g, const Group& group) {
  const double product =
      static_cast<double>(g.m) * static_cast<double>(g.n) * static_cast<double>(g.k);
  return {.flop = {2 * product}, .memory = footprint(layout_of(g, group))};
}

DType result_type(const Gemm& gemm) { return gemm.type == DType::int8 ? DType::i32 : gemm.type; }

}  // namespace shortfall
