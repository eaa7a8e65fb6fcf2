// What the benchmarks of collectives have in common.
#pragma once

#include <vector>

#include "core/operation.hpp"
#include "core/params.hpp"

namespace shortfall {

struct Offer {
  bool reduces = false;       // has an axis "op"
  bool is_in_place = false;   // can also work in place
  bool is_essential = false;  // swept in the quick profile, where others have one size
};

// bytes, dtype, [op,] place, start, group.
std::vector<Axis> collective_axes(const Offer& offer);

Collective collective_from(Collective::Kind kind, const Params& params);

}  // namespace shortfall
