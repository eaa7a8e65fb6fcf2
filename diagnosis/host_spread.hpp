// How much ranks differ in what they take for the same products, and what of it is one host's.
#pragma once

#include <string>
#include <vector>

#include "diagnosis/measured_cases.hpp"
#include "model/system/system.hpp"

namespace shortfall {

struct RankSpread {
  double spread = 0;  // standard deviation of ranks' medians over their mean
  std::string source;
};

// Of products that all ranks did at the same time, the median of all cases.
RankSpread rank_spread(const std::vector<MeasuredCase>& cases);

// In the order in which hosts appear; empty unless there are two, and where ranks are not told one
// by one.
std::vector<HostLeftOut> hosts_left_out(const std::vector<MeasuredCase>& cases,
                                        const std::vector<Binding>& bindings);

}  // namespace shortfall
