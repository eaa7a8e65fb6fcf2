#include "diagnosis/host_spread.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <unordered_map>
#include <utility>

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

struct JobHosts {
  std::vector<std::string> names;    // in the order in which they appear
  std::vector<std::size_t> of_rank;  // their numbers in it
};

JobHosts hosts_in(const std::vector<Binding>& bindings) {
  JobHosts hosts;
  std::unordered_map<std::string, std::size_t> numbers;
  for (const Binding& binding : bindings) {
    const auto [found, is_new] = numbers.try_emplace(binding.host, hosts.names.size());
    if (is_new) hosts.names.push_back(binding.host);
    hosts.of_rank.push_back(found->second);
  }
  return hosts;
}

// What one product says of one host.
struct Sample {
  double speedup, spread;
  double slowest;  // of the others, over their typical rank, less one
};

// The ranks of a product from the fastest to the slowest, so that each of thousands of hosts can be
// left out without a look at all others.
class ByTime {
 public:
  ByTime(const MeasuredCase& product, const JobHosts& hosts);

  // Nothing if no rank of another host took part.
  std::optional<Sample> without(std::size_t host) const;

 private:
  using Places = std::vector<std::size_t>;  // ascending

  Seconds other_at(std::size_t place, const Places& left_out) const;
  double spread_without(const Places& left_out) const;
  double deviation(std::size_t place) const { return times_[place] / typical_ - 1; }

  Seconds typical_;
  std::vector<Seconds> times_;
  std::vector<Places> by_host_;
  double deviations_ = 0, squares_ = 0;  // of all
};

ByTime::ByTime(const MeasuredCase& product, const JobHosts& hosts)
    : typical_(product.typical()), by_host_(hosts.names.size()) {
  const std::vector<Seconds>& all = product.measured->per_rank.all;
  if (all.size() != hosts.of_rank.size()) return;
  std::vector<std::pair<Seconds, std::size_t>> ranks;
  for (std::size_t rank = 0; rank < all.size(); ++rank) {
    if (all[rank] > Seconds{0}) ranks.emplace_back(all[rank], rank);
  }
  std::ranges::sort(ranks);
  for (const auto& [time, rank] : ranks) {
    by_host_[hosts.of_rank[rank]].push_back(times_.size());
    times_.push_back(time);
    deviations_ += deviation(times_.size() - 1);
    squares_ += std::pow(deviation(times_.size() - 1), 2);
  }
}

std::optional<Sample> ByTime::without(std::size_t host) const {
  const Places& left_out = by_host_[host];
  const std::size_t others = times_.size() - left_out.size();
  if (others == 0) return std::nullopt;
  const Seconds typical = other_at((others - 1) / 2, left_out);
  return Sample{typical_ / typical, spread_without(left_out),
                other_at(others - 1, left_out) / typical - 1};
}

Seconds ByTime::other_at(std::size_t place, const Places& left_out) const {
  for (const std::size_t gone : left_out) {
    if (gone <= place) ++place;
  }
  return times_[place];
}

// As spread_of() the others, of what is left of the sums of all.
double ByTime::spread_without(const Places& left_out) const {
  const auto others = static_cast<double>(times_.size() - left_out.size());
  if (others < 2) return 0;
  double deviations = deviations_, squares = squares_;
  for (const std::size_t gone : left_out) {
    deviations -= deviation(gone);
    squares -= std::pow(deviation(gone), 2);
  }
  const double mean = deviations / others;
  const double variance = (squares - deviations * mean) / (others - 1);
  return std::sqrt(std::max(0.0, variance)) / (1 + mean);
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
  const JobHosts hosts = hosts_in(bindings);
  std::vector<HostLeftOut> all;
  if (hosts.names.size() < 2) return all;
  std::vector<ByTime> products;
  for (const SideBySide& product : products_side_by_side(cases)) {
    products.emplace_back(*product.of, hosts);
  }
  for (std::size_t host = 0; host < hosts.names.size(); ++host) {
    std::vector<double> speedups, spreads, slowest;
    for (const ByTime& product : products) {
      const auto sample = product.without(host);
      if (!sample) continue;
      speedups.push_back(sample->speedup);
      spreads.push_back(sample->spread);
      slowest.push_back(sample->slowest);
    }
    if (speedups.empty()) continue;
    const double waits = median(std::move(slowest));
    all.push_back({hosts.names[host], median(std::move(speedups)), median(std::move(spreads)),
                   RankWaits{waits, waits}});
  }
  return all;
}

}  // namespace shortfall
