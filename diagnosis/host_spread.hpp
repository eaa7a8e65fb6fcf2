// How much ranks differ in what they take for the same products, and what of it is one host's.
#pragma once

#include <string>
#include <vector>

#include "diagnosis/measured_cases.hpp"

namespace shortfall {

struct RankSpread {
  double spread = 0;  // standard deviation of ranks' medians over their mean
  std::string source;
};

// Of products that all ranks did at the same time, the median of all cases.
RankSpread rank_spread(const std::vector<MeasuredCase>& cases);

// What products would take if a host were as the others are.
struct HostLeftOut {
  std::string host;
  double speedup = 1;  // of the mean rank
  double spread = 0;   // of the other hosts' ranks
};

// In the order in which hosts appear; empty unless there are two, and where ranks are not told one
// by one.
std::vector<HostLeftOut> hosts_left_out(const std::vector<MeasuredCase>& cases,
                                        const std::vector<Binding>& bindings);

}  // namespace shortfall
