#include "core/statistics.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/error.hpp"

namespace shortfall {
namespace {

constexpr std::size_t enough_for_p99 = 299;  // 1 - 0.99^299 >= 0.95

std::vector<Seconds> sorted_copy(std::span<const Seconds> samples) {
  std::vector<Seconds> sorted(samples.begin(), samples.end());
  std::ranges::sort(sorted);
  return sorted;
}

Seconds quantile(const std::vector<Seconds>& sorted, double q) {
  const auto rank = static_cast<std::size_t>(std::ceil(q * static_cast<double>(sorted.size())));
  return sorted[std::max<std::size_t>(rank, 1) - 1];
}

std::optional<Interval> median_interval(const std::vector<Seconds>& sorted) {
  const auto ranks = median_ranks95(sorted.size());
  if (!ranks) return std::nullopt;
  return Interval{sorted[ranks->low - 1], sorted[ranks->high - 1]};
}

// ln of the probability of exactly k heads in n throws of a coin.
double log_binomial_half(std::size_t n, std::size_t k) {
  const auto a = static_cast<double>(n);
  const auto b = static_cast<double>(k);
  return std::lgamma(a + 1) - std::lgamma(b + 1) - std::lgamma(a - b + 1) - a * std::log(2.0);
}

template <class Value>
Value lower_middle(std::vector<Value> values) {
  if (values.empty()) throw Error("take a median", "there are no values");
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>((values.size() - 1) / 2);
  std::ranges::nth_element(values, middle);
  return *middle;
}

}  // namespace

std::optional<Ranks> median_ranks95(std::size_t n) {
  // Coverage of (x_l, x_{n+1-l}) is 1 - 2 P(heads < l): the largest l that keeps it at 95 %.
  double tail = 0;
  std::size_t low = 0;
  while (low < n / 2) {
    tail += std::exp(log_binomial_half(n, low));
    if (2 * tail > 0.05) break;
    ++low;
  }
  if (low == 0) return std::nullopt;
  return Ranks{low, n + 1 - low};
}

Summary summarize(std::span<const Seconds> samples) {
  if (samples.empty()) throw Error("summarize samples", "there are none");
  const auto sorted = sorted_copy(samples);
  Summary all{.n = sorted.size(),
              .min = sorted.front(),
              .p05 = quantile(sorted, 0.05),
              .p25 = quantile(sorted, 0.25),
              .median = quantile(sorted, 0.5),
              .p75 = quantile(sorted, 0.75),
              .p95 = quantile(sorted, 0.95),
              .p99 = std::nullopt,
              .max = sorted.back(),
              .ci95 = median_interval(sorted)};
  if (sorted.size() >= enough_for_p99) all.p99 = quantile(sorted, 0.99);
  return all;
}

std::optional<double> relative_half_width(std::span<const Seconds> samples) {
  const auto sorted = sorted_copy(samples);
  const auto interval = median_interval(sorted);
  if (!interval) return std::nullopt;
  return (interval->high - interval->low) / quantile(sorted, 0.5) / 2;
}

double median(std::vector<double> values) {
  if (values.empty()) throw Error("take a median", "there are no values");
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::ranges::nth_element(values, middle);
  if (values.size() % 2 == 1) return *middle;
  return (*middle + *std::max_element(values.begin(), middle)) / 2;
}

double lower_median(std::vector<double> values) { return lower_middle(std::move(values)); }
Seconds lower_median(std::vector<Seconds> values) { return lower_middle(std::move(values)); }

double median_absolute_deviation(std::span<const double> values) {
  const double center = median({values.begin(), values.end()});
  std::vector<double> deviations;
  deviations.reserve(values.size());
  for (const double value : values) deviations.push_back(std::abs(value - center));
  return median(std::move(deviations));
}

}  // namespace shortfall
