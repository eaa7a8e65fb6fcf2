// All-to-all with blocks of different sizes: as a mixture of experts exchanges its tokens when some
// experts are asked more often than others.
#include "collectives/axes.hpp"
#include "core/zipf.hpp"
#include "harness/benchmark.hpp"

namespace shortfall {
namespace {

std::vector<Axis> axes() {
  std::vector<Axis> all = collective_axes({});
  all.push_back(open_ended(choice("skew", {"balanced", "zipf:1"}), "zipf:EXPONENT", skew_from));
  return all;
}

}  // namespace

Benchmark all_to_allv() {
  return {
      .name = "all_to_allv",
      .suite = Suite::collectives,
      .summary = "exchange blocks of different sizes between every two ranks",
      .axes = axes(),
      .needs = {.ranks = 2},
      .operation =
          [](const Params& p) {
            Collective collective = collective_from(Collective::Kind::all_to_allv, p);
            collective.skew = skew_from(p.text("skew"));
            return collective;
          },
  };
}

}  // namespace shortfall
