// Each rank's own time of a case, and who the slowest were.
#pragma once

#include <optional>

#include "backends/world.hpp"
#include "harness/result.hpp"

namespace shortfall {

// Collective over the job; `mine` is nothing on a rank that took no part.
PerRank per_rank(World& job, std::optional<Seconds> mine);

}  // namespace shortfall
