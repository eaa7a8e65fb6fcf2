// How one element of a product's operand is drawn.
#pragma once

#include <cmath>

#include "core/draw.hpp"

namespace shortfall::draw {

// use(element), where element(index) is an element of `drawn`: loops over it branch on nothing.
template <class T, class Use>
void with_elements(const Drawn& drawn, const Draw& draw, Use use) {
  const Key key = key_of(0, drawn.operand, draw);
  const float* const quantiles = normal_quantiles().data();
  switch (drawn.data.kind) {
    case Data::Kind::normal:
      return use([=](std::size_t i) { return normal<T>(bits(i, key), quantiles); });
    case Data::Kind::uniform:
      return use([=](std::size_t i) { return uniform<T>(bits(i, key)); });
    case Data::Kind::integers:
      return use([=](std::size_t i) { return small_integer<T>(bits(i, key)); });
    case Data::Kind::zeros:
      return use([](std::size_t) { return T{}; });
    case Data::Kind::sparse: {
      const auto zeros = static_cast<std::uint32_t>(std::lround(drawn.data.share_of_zeros * 65536));
      return use([=](std::size_t i) { return sparse<T>(bits(i, key), zeros, quantiles); });
    }
    case Data::Kind::sorted:
      return use([=, period = drawn.period](std::size_t i) {
        return normal<T>(in_part(i % period, period, bits(i, key)), quantiles);
      });
  }
}

}  // namespace shortfall::draw
