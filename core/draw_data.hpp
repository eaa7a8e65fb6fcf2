// How one element of a product's operand is drawn on the host.
#pragma once

#include <cmath>

#include "core/draw.hpp"
#include "core/draw_operand.hpp"

namespace shortfall::draw {

inline DrawnOperand drawn_operand(const Drawn& drawn, const Draw& draw, const float* quantiles) {
  return {drawn.data.kind, key_of(0, drawn.operand, draw),
          static_cast<std::uint32_t>(std::lround(drawn.data.share_of_zeros * 65536)), drawn.period,
          quantiles};
}

template <class T, class Use>
void with_elements(const Drawn& drawn, const Draw& draw, Use use) {
  with_elements<T>(drawn_operand(drawn, draw, normal_quantiles().data()), use);
}

}  // namespace shortfall::draw
