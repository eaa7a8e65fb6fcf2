// What ranks tell of a case, which rank 0 reports even where it took no part.
#pragma once

#include "backends/device.hpp"
#include "backends/world.hpp"

namespace shortfall {

// Collective over the job: what the lowest rank that took part tells, on every rank; nothing if
// none did.
Details details_of_lowest(World& job, bool took_part, const Details& mine);

// Collective over the job: the RDMA port that each rank tells to have used, by rank; "" where it
// tells none. Empty if `of_lowest` tells none, or for a job whose ranks are not listed.
std::vector<std::string> adapters_by_rank(World& job, const Details& mine,
                                          const Details& of_lowest);

}  // namespace shortfall
