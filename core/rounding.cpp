#include "core/rounding.hpp"

#include <cmath>

namespace shortfall {
namespace {

constexpr double unit_of_f64 = 0x1p-53, unit_of_f32 = 0x1p-24;

double accumulator_unit(DType type) {
  switch (type) {
    case DType::f64:
      return unit_of_f64;
    case DType::f8_e4m3:
    case DType::f8_e5m2:
    case DType::mxfp8:
    case DType::nvfp4:
      // Hopper's tensor units keep some 14 bits of a sum of such products (DeepSeek-V3 Technical
      // Report, 2024, section 3.3.2).
      return 0x1p-14;
    default:
      return unit_of_f32;
  }
}

double result_unit(DType type) {
  switch (type) {
    case DType::bf16:
      return 0x1p-9;
    case DType::f16:
      return 0x1p-11;
    default:
      return type == DType::f64 ? unit_of_f64 : unit_of_f32;
  }
}

// Half of the distance between numbers near zero; that of the other types is out of reach.
double least_rounding(DType type) { return type == DType::f16 ? 0x1p-25 : 0; }

// Sum of squared relative roundings of `count` additions and of their terms.
double growth(Data::Kind kind, double count) {
  return kind == Data::Kind::sorted ? (count + 1) * (count + 1) : (count + 1) / 2 + 1;
}

// What tensor units drop when they have added the products of one step to a sum: one unit of it in
// the mean, always towards zero, so that it adds up. Of k products in steps of d, the s-th sum is
// sqrt(s d q) in the mean, and all that is dropped (2/3) (k/d) sqrt(k q) units.
double drift(const Gemm& g) {
  constexpr double least_step = 4;  // of any unit for these types (Fasi et al. 2021)
  switch (g.type) {
    case DType::tf32:
    case DType::bf16:
    case DType::f16:
      return 2.0 / 3 * static_cast<double>(g.k) / least_step;
    default:
      return 0;
  }
}

double square(double x) { return x * x; }

}  // namespace

bool is_exact(const Gemm& g) {
  if (result_type(g) == DType::i32 || g.data.kind == Data::Kind::zeros) return true;
  if (g.data.kind != Data::Kind::integers) return false;
  constexpr std::int64_t largest_term = 9;
  return g.k <= traits_of(result_type(g)).exact / largest_term;
}

double rounding_of(const Gemm& g, const Terms& terms, double columns) {
  const bool is_sorted = g.data.kind == Data::Kind::sorted;
  const double scale = is_sorted ? terms.left * terms.right : terms.paired;
  const auto k = static_cast<double>(g.k);
  const double of_sums = square(accumulator_unit(g.type)) *
                         (growth(g.data.kind, k) + square(is_sorted ? 0 : drift(g))) * scale;
  const double of_results = square(result_unit(result_type(g))) * terms.found;
  const double of_least = square(least_rounding(g.type)) * columns;
  const double of_check =
      square(unit_of_f64) * ((growth(g.data.kind, k) + growth(g.data.kind, columns)) * scale +
                             growth(g.data.kind, columns) * terms.found);
  return std::sqrt(of_sums + of_results + of_least + of_check);
}

}  // namespace shortfall
