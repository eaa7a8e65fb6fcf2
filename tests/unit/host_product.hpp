// Products by three loops, and the numbers that they are made of: what checks are tested against.
#pragma once

#include <cmath>
#include <span>
#include <string>
#include <vector>

#include "core/draw.hpp"

namespace shortfall {

using RawBytes = std::vector<std::byte>;

inline RawBytes written(const Pattern& pattern) {
  RawBytes raw(bytes_of(pattern.type, pattern.count));
  write(raw, pattern);
  return raw;
}

inline std::vector<double> numbers_in(const RawBytes& raw, DType type, std::size_t count) {
  std::vector<double> numbers;
  if (type == DType::nvfp4) {
    for (std::size_t i = 0; i < count; ++i) {
      F4E2M1 number;
      number.bits = static_cast<std::uint8_t>(raw[i / 2] >> (i % 2 == 0 ? 0 : 4)) & 0xfU;
      numbers.push_back(static_cast<double>(number));
    }
    return numbers;
  }
  draw::with_type(type, [&]<class T>(T) {
    for (const T number : draw::elements<T>(std::span(raw)).first(count)) {
      numbers.push_back(draw::to_number(number));
    }
  });
  return numbers;
}

inline std::vector<double> operand_numbers(const Gemm& g, std::size_t number, const Draw& draw) {
  const Pattern pattern = input(g, {}, number, draw);
  return numbers_in(written(pattern), pattern.type, pattern.count);
}

enum class SumOrder { forwards, in_pairs, backwards };

// One element, every operation rounded to the type that libraries sum in.
template <class Sum>
double summed(const Gemm& g, const double* a, const double* b, SumOrder order) {
  Sum sum = 0, second = 0;
  for (std::int64_t p = 0; p < g.k; ++p) {
    const std::int64_t at = order == SumOrder::backwards ? g.k - 1 - p : p;
    const Sum term = static_cast<Sum>(a[at]) * static_cast<Sum>(b[at * g.n]);
    Sum& to = order == SumOrder::in_pairs && p % 2 == 1 ? second : sum;
    to += term;
  }
  return static_cast<double>(sum + second);
}

inline RawBytes host_product(const Gemm& g, const Draw& draw, SumOrder order = SumOrder::forwards) {
  const auto a = operand_numbers(g, 0, draw), b = operand_numbers(g, 1, draw);
  const Layout buffers = layout(g, Group{});
  RawBytes out(whole(buffers.output.bytes()));
  draw::with_type(buffers.output.type, [&]<class T>(T) {
    const auto c = draw::elements<T>(std::span(out));
    for (std::int64_t row = 0; row < g.batch * g.m; ++row) {
      for (std::int64_t j = 0; j < g.n; ++j) {
        const double* const left = a.data() + row * g.k;
        const double* const right = b.data() + row / g.m * g.k * g.n + j;
        const bool is_wide = g.type == DType::f64 || g.type == DType::int8;
        c[static_cast<std::size_t>(row * g.n + j)] = draw::from_number<T>(
            is_wide ? summed<double>(g, left, right, order) : summed<float>(g, left, right, order));
      }
    }
  });
  return out;
}

// One element of a product, with `error` added to it.
inline void spoil(RawBytes& c, const Gemm& g, std::size_t index, double error) {
  draw::with_type(result_type(g), [&]<class T>(T) {
    T& element = draw::elements<T>(std::span(c))[index];
    element = draw::from_number<T>(draw::to_number(element) + error);
  });
}

// All that products are made of and filled with.
inline constexpr std::array product_types{
    DType::f64,     DType::f32,     DType::tf32,  DType::bf16,  DType::f16,
    DType::f8_e4m3, DType::f8_e5m2, DType::mxfp8, DType::nvfp4, DType::int8};
inline const std::vector<std::string> product_data{"normal",     "uniform",     "integers", "zeros",
                                                   "sparse:0.5", "sparse:0.99", "sorted"};

}  // namespace shortfall
