// All-to-all with blocks of different sizes: as a mixture of experts exchanges its tokens when some
// experts are asked more often than others.
#include "collectives/axes.hpp"
#include "core/error.hpp"
#include "core/text.hpp"
#include "harness/benchmark.hpp"

namespace shortfall {
namespace {

// "balanced" or "zipf:EXPONENT". Throws BadUsage.
double skew_of(const std::string& word) {
  constexpr std::string_view zipf = "zipf:";
  constexpr double largest = 8;  // nearly everything goes to one rank
  if (word == "balanced") return 0;
  const auto exponent =
      word.starts_with(zipf) ? parse_number(word.substr(zipf.size())) : std::nullopt;
  if (exponent && *exponent > 0 && *exponent <= largest) return *exponent;
  throw BadUsage("'" + word +
                 "' is no distribution of blocks. One of: balanced, zipf:EXPONENT with an EXPONENT "
                 "above 0, at most 8");
}

std::vector<Axis> axes() {
  std::vector<Axis> all = collective_axes({});
  all.push_back(open_ended(choice("skew", {"balanced", "zipf:1"}), "zipf:EXPONENT", skew_of));
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
