// How the elements of a product's operand are drawn, on the host and on accelerators alike: in
// C++17, and constant expressions.
#pragma once

#include "core/draw_element.hpp"
#include "core/operation/data_kind.hpp"

namespace shortfall::draw {

// A Drawn, and all that drawing its elements takes.
struct DrawnOperand {
  DataKind kind = DataKind::zeros;
  Key key{};
  std::uint32_t zeros = 0;           // of 65536, of sparse data
  std::size_t period = 1;            // elements of one matrix
  const float* quantiles = nullptr;  // the 65,536 of normal_quantiles(), where this is used
};

template <class T>
struct NormalElement {
  DrawnOperand of;
  constexpr T operator()(std::size_t i) const { return normal<T>(bits(i, of.key), of.quantiles); }
};
template <class T>
struct UniformElement {
  DrawnOperand of;
  constexpr T operator()(std::size_t i) const { return uniform<T>(bits(i, of.key)); }
};
template <class T>
struct IntegerElement {
  DrawnOperand of;
  constexpr T operator()(std::size_t i) const { return small_integer<T>(bits(i, of.key)); }
};
template <class T>
struct ZeroElement {
  constexpr T operator()(std::size_t) const { return T{}; }
};
template <class T>
struct SparseElement {
  DrawnOperand of;
  constexpr T operator()(std::size_t i) const {
    return sparse<T>(bits(i, of.key), of.zeros, of.quantiles);
  }
};
template <class T>
struct SortedElement {
  DrawnOperand of;
  constexpr T operator()(std::size_t i) const {
    return normal<T>(in_part(i % of.period, of.period, bits(i, of.key)), of.quantiles);
  }
};

// use(element), where element(index) is an element of `operand`: loops over it branch on nothing.
template <class T, class Use>
constexpr auto with_elements(const DrawnOperand& operand, Use use) {
  switch (operand.kind) {
    case DataKind::normal:
      return use(NormalElement<T>{operand});
    case DataKind::uniform:
      return use(UniformElement<T>{operand});
    case DataKind::integers:
      return use(IntegerElement<T>{operand});
    case DataKind::sparse:
      return use(SparseElement<T>{operand});
    case DataKind::sorted:
      return use(SortedElement<T>{operand});
    case DataKind::zeros:
      break;
  }
  return use(ZeroElement<T>{});
}

}  // namespace shortfall::draw
