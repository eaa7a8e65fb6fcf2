// Numbers with few odd factors: what layers, experts and batches are rounded to, so that clusters
// of powers of two divide them.
#pragma once

#include <cstdint>
#include <vector>

namespace shortfall {

// The nearest significand * 2^i, i >= 0; of two as near, the smaller. At least the least of the
// significands, at most about 2^62.
std::int64_t nearest_nice(double value, const std::vector<std::int64_t>& significands);

}  // namespace shortfall
