// All-to-all with blocks of different sizes: as a mixture of experts exchanges its tokens when some
// experts are asked more often than others.
#include "collectives/axes.hpp"
#include "core/text.hpp"
#include "harness/benchmark.hpp"

namespace shortfall {
namespace {

// "balanced" or "zipf:EXPONENT".
double skew_of(const std::string& word) {
  return word == "balanced" ? 0 : std::stod(word.substr(word.find(':') + 1));
}

std::vector<Axis> axes() {
  std::vector<Axis> all = collective_axes({});
  all.push_back(choice("skew", {"balanced", "zipf:1"}));
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
            collective.skew = skew_of(p.text("skew"));
            return collective;
          },
  };
}

}  // namespace shortfall
