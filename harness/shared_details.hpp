// The details of a case, which rank 0 reports even where it took no part.
#pragma once

#include "backends/device.hpp"
#include "backends/world.hpp"

namespace shortfall {

// Collective over the job: what the lowest rank that took part tells, on every rank; nothing if
// none did.
Details details_of_lowest(World& job, bool took_part, const Details& mine);

}  // namespace shortfall
