// Who is slower than others of the same kind, among many pairs of ranks: one end in all its pairs,
// in one direction or in both, or one pair.
#pragma once

#include <vector>

#include "diagnosis/fabric_pairs.hpp"

namespace shortfall {

// By the largest messages where bandwidth was measured and by the smallest where latency was, on
// hosts that were not disturbed. An end is as good as its best pair, a pair as the worse of its
// ends; what is common is a tier of the fabric: docs/rdma.md.
std::vector<Finding> slow_links(const std::vector<PairSamples>& all);

}  // namespace shortfall
