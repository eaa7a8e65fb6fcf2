#include "core/operation/attention.hpp"

namespace shortfall {
namespace {

double product_of(std::int64_t a, std::int64_t b, std::int64_t c, std::int64_t d) {
  return static_cast<double>(a) * static_cast<double>(b) * static_cast<double>(c) *
         static_cast<double>(d);
}

}  // namespace

Layout layout_of(const Attention& a, const Group&) {
  const auto operand = [&](double elements) {
    return Operand{a.type, static_cast<std::size_t>(elements)};
  };
  const double q = product_of(a.batch, a.heads, a.queries, a.key_dim);
  const double k = product_of(a.batch, a.kv_heads, a.keys, a.key_dim);
  const double v = product_of(a.batch, a.kv_heads, a.keys, a.value_dim);
  const double o = product_of(a.batch, a.heads, a.queries, a.value_dim);
  if (a.direction == Attention::Direction::forward) {
    return {{operand(q), operand(k), operand(v)}, operand(o)};
  }
  return {{operand(q), operand(k), operand(v), operand(o), operand(o)}, operand(q + k + v)};
}

Work work_of(const Attention& a, const Group& group) {
  const bool is_backward = a.direction == Attention::Direction::backward;
  const double of_keys = static_cast<double>(a.key_dim) * (is_backward ? 3 : 1);
  const double of_values = static_cast<double>(a.value_dim) * (is_backward ? 2 : 1);
  const double pairs = product_of(a.batch, a.heads, a.queries, a.keys) * (a.causal ? 0.5 : 1);
  return {.flop = {2 * pairs * (of_keys + of_values)}, .memory = footprint(layout_of(a, group))};
}

}  // namespace shortfall
