// What messages between two ranks have in common.
#pragma once

#include "core/params.hpp"

namespace shortfall {

// Messages in flight: "auto" (64 small ones, fewer of large ones) or a number.
Axis window_axis();
int window_of(const Params& params);  // 0: auto

// Who talks to whom: see harness/groups.hpp.
Axis pairs_axis();
// The same of what goes from round to round.
Axis rounds_axis();

}  // namespace shortfall
