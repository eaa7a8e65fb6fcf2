// Collectives whose bytes are shared out in equal blocks, one of each rank.
#pragma once

#include "core/operation/collective.hpp"

namespace shortfall {

constexpr bool has_blocks(Collective::Kind kind) {
  using Kind = Collective::Kind;
  return kind == Kind::all_gather || kind == Kind::reduce_scatter || kind == Kind::all_to_all ||
         kind == Kind::gather || kind == Kind::scatter;
}

}  // namespace shortfall
