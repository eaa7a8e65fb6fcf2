#include "diagnosis/host_spread.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/statistics.hpp"
#include "diagnosis/rank_lag.hpp"

namespace shortfall {
namespace {

double mean_of(const std::vector<Seconds>& times) {
  Seconds sum;
  for (const Seconds time : times) sum = sum + time;
  return sum.value / static_cast<double>(times.size());
}

// Standard deviation over mean; of one value zero.
double spread_of(const std::vector<Seconds>& times) {
  if (times.size() < 2) return 0;
  const double mean = mean_of(times);
  double squares = 0;
  for (const Seconds time : times) squares += std::pow(time.value / mean - 1, 2);
  return std::sqrt(squares / static_cast<double>(times.size() - 1));
}

// Of more ranks than are told one by one: how far the slowest is from the median, which of n
// normally distributed times is sqrt(2 ln n) standard deviations.
double spread_by_slowest(const PerRank& ranks) {
  if (!(ranks.median > Seconds{0})) return 0;
  const double above = ranks.max / ranks.median - 1;
  return std::max(0.0, above / std::sqrt(2 * std::log(static_cast<double>(ranks.n))));
}

// What one product says of one host.
struct Sample {
  double speedup, spread;
  double slowest;  // of the others, over their typical rank, less one
};

// Nothing if no rank of another host took part.
std::optional<Sample> sample_of(const MeasuredCase& product, const std::string& host,
                                const std::vector<Binding>& bindings) {
  const std::vector<Seconds>& all = product.measured->per_rank.all;
  if (all.size() != bindings.size()) return std::nullopt;
  std::vector<Seconds> others;
  for (std::size_t rank = 0; rank < all.size(); ++rank) {
    if (bindings[rank].host != host && all[rank] > Seconds{0}) others.push_back(all[rank]);
  }
  if (others.empty()) return std::nullopt;
  const Seconds typical = lower_median(others);
  return Sample{product.typical() / typical, spread_of(others),
                *std::ranges::max_element(others) / typical - 1};
}

std::vector<std::string> hosts_in(const std::vector<Binding>& bindings) {
  std::vector<std::string> hosts;
  for (const Binding& binding : bindings) {
    if (std::ranges::find(hosts, binding.host) == hosts.end()) hosts.push_back(binding.host);
  }
  return hosts;
}

}  // namespace

RankSpread rank_spread(const std::vector<MeasuredCase>& cases) {
  std::vector<double> spreads;
  for (const SideBySide& one : products_side_by_side(cases)) {
    const std::vector<Seconds> times = one.of->of_ranks();
    spreads.push_back(times.empty() ? spread_by_slowest(one.of->measured->per_rank)
                                    : spread_of(times));
  }
  if (spreads.empty()) return {0, "ranks: not measured side by side, all taken to be alike"};
  const std::size_t products = spreads.size();
  const double spread = median(std::move(spreads));
  return {spread, fmt::format("ranks: differ by {:.2g} % (standard deviation), the median of {} "
                              "products",
                              100 * spread, products)};
}

std::vector<HostLeftOut> hosts_left_out(const std::vector<MeasuredCase>& cases,
                                        const std::vector<Binding>& bindings) {
  const std::vector<std::string> hosts = hosts_in(bindings);
  const std::vector<SideBySide> products = products_side_by_side(cases);
  std::vector<HostLeftOut> all;
  if (hosts.size() < 2) return all;
  for (const std::string& host : hosts) {
    std::vector<double> speedups, spreads, slowest;
    for (const SideBySide& product : products) {
      const auto sample = sample_of(*product.of, host, bindings);
      if (!sample) continue;
      speedups.push_back(sample->speedup);
      spreads.push_back(sample->spread);
      slowest.push_back(sample->slowest);
    }
    if (speedups.empty()) continue;
    const double waits = median(std::move(slowest));
    all.push_back(
        {host, median(std::move(speedups)), median(std::move(spreads)), RankWaits{waits, waits}});
  }
  return all;
}

}  // namespace shortfall
