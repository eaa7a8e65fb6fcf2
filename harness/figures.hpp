// What ranks tell beside their times, put together.
#pragma once

#include <vector>

#include "backends/device.hpp"
#include "backends/world.hpp"
#include "harness/result.hpp"

namespace shortfall {

// Collective over the job. Ranks that did not take part give nothing.
std::vector<FigureOfRanks> over_ranks(World& job, const std::vector<Figure>& mine);

}  // namespace shortfall
