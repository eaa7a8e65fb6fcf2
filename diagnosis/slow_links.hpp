// Who is slower than others of the same kind, among many pairs of ranks: one end in all its pairs,
// in one direction or in both, or one pair.
#pragma once

#include <vector>

#include "report/report.hpp"

namespace shortfall {

// Slow is what is so many median absolute deviations worse than the median, and at least this share
// of it.
inline constexpr double slow_deviations = 5, slow_share = 0.1;

// Less than so many have no majority. Pairs whose ends were not seen with others, each of them
// timed once, need more: one that was merely interrupted would be taken for slow.
inline constexpr std::size_t fewest_compared = 3, fewest_pairs_alone = 8;

// By the largest messages where bandwidth was measured and by the smallest where latency was, on
// hosts that were not disturbed. An end is as good as its best pair, a pair as the worse of its
// ends: docs/rdma.md.
std::vector<Finding> slow_links(const Report& report);

}  // namespace shortfall
