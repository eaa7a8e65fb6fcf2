// Times of pairs of ranks, as the results of a report tell them.
#pragma once

#include <string>
#include <tuple>
#include <vector>

#include "core/natural_order.hpp"
#include "report/report.hpp"

namespace shortfall {

struct PairSample {
  FabricPair pair;
  PairClass kind = PairClass::same_rail;
  double value = 0;        // bytes of payload in a second in one direction, or seconds
  bool is_mutual = false;  // there and back, or both ways at once: the lower rank is `from`
  bool is_disturbed = false;
  // Of the end that could carry less: its port's, shared among the ranks that used it meanwhile.
  // Zero = not known.
  BitRate rate_of_ends;
};

struct PairSamples {
  std::string benchmark;
  Params params;  // without those that tell who works with whom
  FabricMetric metric = FabricMetric::bandwidth;
  std::vector<PairSample> samples;  // each pair once: as it was fastest
};

// By benchmark and parameters, in the order of the results. None of a report that was read and
// whose ranks are too many to be told one by one.
std::vector<PairSamples> pairs_measured(const Report& report);

// By rank, then by adapter.
using EndOrder = std::tuple<int, NaturalName>;
EndOrder order_of_end(const FabricEnd& end);

// What is better is more of it.
double goodness(FabricMetric metric, double value);

}  // namespace shortfall
