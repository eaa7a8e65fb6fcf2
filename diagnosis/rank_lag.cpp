#include "diagnosis/rank_lag.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <optional>

namespace shortfall {
namespace {

using Weighted = std::vector<std::pair<double, double>>;

// The smallest value at or below which half of the weight lies. At least one.
double weighted_median(Weighted values) {
  std::ranges::sort(values);
  double all = 0, below = 0;
  for (const auto& [value, weight] : values) all += weight;
  for (const auto& [value, weight] : values) {
    below += weight;
    if (2 * below >= all) return value;
  }
  return values.back().first;
}

const FigureOfRanks* figure_of(const MeasuredCase& one, std::string_view name) {
  const auto& figures = one.measured->figures;
  const auto found = std::ranges::find(figures, name, &FigureOfRanks::name);
  return found == figures.end() ? nullptr : &*found;
}

// How often a step does it, where that is told.
std::optional<double> times_in_step(const MeasuredCase& one) {
  const FigureOfRanks* const figure = figure_of(one, "times_in_step");
  return figure ? std::optional(figure->median) : std::nullopt;
}

// Operations of one step, if there are any whose number in it is known: others are of another one.
std::vector<SideBySide> of_one_step(std::vector<SideBySide> all) {
  const auto is_counted = [](const SideBySide& one) { return times_in_step(*one.of).has_value(); };
  if (std::ranges::any_of(all, is_counted)) std::erase_if(all, std::not_fn(is_counted));
  return all;
}

// All that ranks compute for a step, each for itself.
struct Sums {
  Seconds typical;             // of ranks that are each as the typical one is in each operation
  Seconds meeting;             // if they waited for one another after each operation
  std::vector<Seconds> ranks;  // by rank of the job; empty if not told
};

Sums sums_of(const std::vector<SideBySide>& operations) {
  Sums sums;
  for (const SideBySide& one : operations) {
    const double times = times_in_step(*one.of).value_or(1);
    sums.typical = sums.typical + one.of->typical() * times;
    const std::vector<Seconds>& all = one.of->measured->per_rank.all;
    Seconds slowest = std::max(one.of->slowest(), one.of->typical());
    for (const Seconds time : all) slowest = std::max(slowest, time);
    sums.meeting = sums.meeting + slowest * times;
    if (sums.ranks.size() < all.size()) sums.ranks.resize(all.size());
    for (std::size_t rank = 0; rank < all.size(); ++rank) {
      sums.ranks[rank] = sums.ranks[rank] + all[rank] * times;
    }
  }
  return sums;
}

RankWaits waits_of(const Sums& sums) {
  const Seconds slowest = sums.ranks.empty() ? sums.meeting : *std::ranges::max_element(sums.ranks);
  return {std::max(0.0, slowest / sums.typical - 1),
          std::max(0.0, sums.meeting / sums.typical - 1)};
}

// The passes of a training step beside its products.
std::vector<SideBySide> with_passes(std::vector<SideBySide> products,
                                    const std::vector<MeasuredCase>& cases) {
  const bool is_of_step = products.front().of->result->benchmark == "step_product";
  for (const MeasuredCase& one : cases) {
    const bool is_pass = one.result->benchmark == "step_pass" && one.measured->per_rank.n > 1;
    if (is_of_step && is_pass) products.push_back({&one, one.typical().value});
  }
  return products;
}

}  // namespace

std::optional<SlowInTurns> slow_in_turns(const std::vector<MeasuredCase>& cases,
                                         std::string_view step) {
  const auto executed = std::ranges::find_if(cases, [&](const MeasuredCase& one) {
    return one.result->benchmark == step && one.measured->per_rank.n > 1;
  });
  if (executed == cases.end()) return std::nullopt;
  const FigureOfRanks* const own = figure_of(*executed, "step_computing_s");
  const FigureOfRanks* const typical = figure_of(*executed, "step_computing_typical_s");
  const FigureOfRanks* const together = figure_of(*executed, "step_computing_together_s");
  if (!own || !typical || !together || !(typical->max > 0)) return std::nullopt;
  const auto over_typical = [&](const FigureOfRanks* one) {
    return std::max(0.0, one->max / typical->max - 1);
  };
  return SlowInTurns{own->rank, {over_typical(own), over_typical(together)}};
}

std::vector<SideBySide> products_side_by_side(const std::vector<MeasuredCase>& cases) {
  std::vector<SideBySide> of_step, others;
  for (const MeasuredCase& one : cases) {
    if (!is_usual(*one.result, "group", "all") || one.measured->per_rank.n < 2) continue;
    if (one.result->benchmark == "step_product") of_step.push_back({&one, one.typical().value});
    if (one.result->suite == Suite::gemm) others.push_back({&one, 1});
  }
  return of_step.empty() ? others : of_step;
}

std::vector<double> over_typical(const std::vector<SideBySide>& cases) {
  std::vector<Weighted> of_ranks;
  for (const SideBySide& one : cases) {
    const std::vector<Seconds>& times = one.of->measured->per_rank.all;
    if (of_ranks.size() < times.size()) of_ranks.resize(times.size());
    const Seconds typical = one.of->typical();
    for (std::size_t rank = 0; rank < times.size(); ++rank) {
      if (times[rank] > Seconds{0}) {
        of_ranks[rank].emplace_back(times[rank] / typical, one.weight);
      }
    }
  }
  std::vector<double> ratios;
  for (const Weighted& of_rank : of_ranks) {
    ratios.push_back(of_rank.empty() ? 0 : weighted_median(of_rank));
  }
  return ratios;
}

RankLag rank_lag(const std::vector<MeasuredCase>& cases, std::string_view step) {
  const std::vector<SideBySide> products = products_side_by_side(cases);
  if (products.empty()) return {};
  RankLag all;
  for (const SideBySide& one : products) {
    all.ranks = std::max(all.ranks, static_cast<std::int64_t>(one.of->measured->per_rank.n));
  }
  all.over_typical = over_typical(products);
  std::string by = "all that a step computes";
  if (const auto slow = slow_in_turns(cases, step)) {
    all.waits = slow->waits;
    all.slow_rank = slow->rank;
  } else {
    const std::vector<SideBySide> operations = of_one_step(with_passes(products, cases));
    all.waits = waits_of(sums_of(operations));
    by = fmt::format("{} products and passes", operations.size());
  }
  all.source = fmt::format(
      "slowest rank: {:.2g} % behind the typical one in {}; {:.2g} % if ranks "
      "meet in every layer",
      100 * all.waits.after_step, by, 100 * all.waits.in_layers);
  return all;
}

}  // namespace shortfall
