// What the benchmarks of collectives have in common.
#pragma once

#include <vector>

#include "core/operation.hpp"
#include "core/params.hpp"

namespace shortfall {

struct Offer {
  bool reduces = false;         // has an axis "op"
  bool is_in_place = false;     // can also work in place
  bool is_essential = false;    // swept in the quick profile, where others have one size
  bool can_be_grouped = false;  // also by sends and receives of each pair
};

// bytes, dtype, [op,] place, start, group; on accelerators buffers, channels [and via], too.
std::vector<Axis> collective_axes(const Offer& offer);

Collective collective_from(Collective::Kind kind, const Params& params);

}  // namespace shortfall
