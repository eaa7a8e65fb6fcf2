#include "harness/search.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <numbers>

namespace shortfall {
namespace {

constexpr double untried = -1;  // rates are more than one operation per second
constexpr std::size_t starts = 12, finalists = 6;
constexpr double share_of_all = 0.04, most_of_budget = 1.0 / 8, least_promise = 1e-4;
constexpr int most_measurements = 300;      // thinking about more would take longer than measuring
constexpr double calls_of_measurement = 3;  // as the harness does it: one to warm up, two samples

std::vector<std::vector<std::int64_t>> sizes_of(const std::vector<Candidate>& candidates) {
  std::vector<std::vector<std::int64_t>> sizes;
  for (const Candidate& candidate : candidates) sizes.push_back(candidate.sizes);
  return sizes;
}

// The digits of `number` in `base`, mirrored at the point: evenly spread over [0, 1) for 1, 2, 3...
double mirrored(std::size_t number, std::size_t base) {
  double result = 0, digit = 1.0 / static_cast<double>(base);
  for (; number > 0; number /= base, digit /= static_cast<double>(base)) {
    result += static_cast<double>(number % base) * digit;
  }
  return result;
}

// The cheapest, then those next to evenly spread positions between the smallest and the largest.
std::vector<std::size_t> spread_over(const std::vector<Candidate>& all) {
  constexpr std::array<std::size_t, 4> bases{2, 3, 5, 7};
  std::vector<std::size_t> chosen;
  const auto cheapest = std::ranges::min_element(all, {}, &Candidate::work);
  chosen.push_back(static_cast<std::size_t>(cheapest - all.begin()));
  const auto largest = std::ranges::max_element(all, {}, &Candidate::work);
  for (std::size_t number = 1; number < starts; ++number) {
    const auto distance = [&](const Candidate& candidate) {
      double sum = 0;
      for (std::size_t axis = 0; axis < candidate.sizes.size(); ++axis) {
        const auto of = [&](const Candidate& c) {
          return std::log2(static_cast<double>(c.sizes[axis]));
        };
        const double low = of(*cheapest), high = of(*largest);
        const double wanted = low + (high - low) * mirrored(number, bases[axis % bases.size()]);
        sum += (of(candidate) - wanted) * (of(candidate) - wanted);
      }
      return sum;
    };
    const auto nearest = std::ranges::min_element(all, {}, distance);
    chosen.push_back(static_cast<std::size_t>(nearest - all.begin()));
  }
  return chosen;
}

// Of a normal belief above what is there: mean of max(0, x - best).
double expected_improvement(const Surrogate::Belief& belief, double best) {
  if (belief.deviation <= 0) return 0;
  const double z = (belief.mean - best) / belief.deviation;
  const double density = std::exp(-z * z / 2) / std::sqrt(2 * std::numbers::pi);
  const double below = std::erfc(-z / std::numbers::sqrt2) / 2;
  return belief.deviation * (z * below + density);
}

}  // namespace

Search::Search(std::vector<Candidate> candidates, Seconds budget, Kind kind)
    : candidates_(std::move(candidates)),
      budget_(budget),
      kind_(kind),
      surrogate_(sizes_of(candidates_)),
      start_(spread_over(candidates_)),
      log_rate_(candidates_.size(), untried) {}

std::optional<std::size_t> Search::next() {
  if (kind_ == Kind::exhaustive) return next_in_order();
  if (final_.empty()) {
    if (const auto start = next_of_start()) return start;
    if (const auto promising = next_promising()) return promising;
    begin_final();
  }
  return next_of_final();
}

std::optional<std::size_t> Search::next_in_order() {
  if (turn_ == candidates_.size() || spent_ >= budget_) return std::nullopt;
  return turn_++;
}

std::optional<std::size_t> Search::next_of_start() {
  while (turn_ < start_.size()) {
    const std::size_t candidate = start_[turn_++];
    const bool is_new = log_rate_[candidate] == untried;
    if (is_new && (measurements_ == 0 || is_affordable(candidate))) return candidate;
  }
  return std::nullopt;
}

std::optional<std::size_t> Search::next_promising() const {
  // What the final will take: 6 + 3 + 2 measurements of candidates like the best.
  const Seconds kept = std::min(cost(best()) * 11, limit() * 0.4);
  if (spent_ + kept >= limit() || measurements_ >= most_measurements) return std::nullopt;
  const double best_so_far = best_log_rate();
  std::optional<std::size_t> choice;
  double most = 0, most_promised = 0;
  for (std::size_t i = 0; i < candidates_.size(); ++i) {
    if (log_rate_[i] != untried || !is_affordable(i)) continue;
    const double promised = expected_improvement(surrogate_.of(i), best_so_far);
    const double rate_of_gain = promised / std::sqrt(cost(i).value);
    most_promised = std::max(most_promised, promised);
    if (rate_of_gain <= most) continue;
    most = rate_of_gain;
    choice = i;
  }
  return most_promised < least_promise ? std::nullopt : choice;
}

void Search::begin_final() {
  turn_ = 0;
  for (std::size_t i = 0; i < candidates_.size(); ++i) {
    if (log_rate_[i] != untried) final_.push_back(i);
  }
  const auto expected = [&](std::size_t i) { return surrogate_.of(i).mean; };
  std::ranges::stable_sort(final_, std::ranges::greater{}, expected);
  final_.resize(std::min(final_.size(), finalists));
}

std::optional<std::size_t> Search::next_of_final() {
  if (turn_ == final_.size()) {  // a round is over
    turn_ = 0;
    std::ranges::stable_sort(final_, std::ranges::greater{},
                             [&](std::size_t i) { return log_rate_[i]; });
    final_.resize((final_.size() + 1) / 2);
  }
  if (final_.size() <= 1 || (spent_ >= limit() && turn_ == 0)) return std::nullopt;
  return final_[turn_++];
}

void Search::learn(std::size_t candidate, Seconds call, Seconds spent) {
  const double log_rate = std::log((candidates_[candidate].work / call).value);
  if (kind_ == Kind::guided) surrogate_.learn(candidate, log_rate);
  log_rate_[candidate] = std::max(log_rate_[candidate], log_rate);
  ++measurements_;
  spent_ = spent_ + spent;
  beside_calls_ = beside_calls_ + std::max(spent - call * calls_of_measurement, Seconds{0});
}

std::size_t Search::best() const {
  const auto of = [&](std::size_t i) { return log_rate_[i]; };
  if (!final_.empty()) return *std::ranges::max_element(final_, {}, of);
  return static_cast<std::size_t>(std::ranges::max_element(log_rate_) - log_rate_.begin());
}

// As believed: one lucky measurement is not taken at its word.
double Search::best_log_rate() const {
  double most = untried;
  for (std::size_t i = 0; i < candidates_.size(); ++i) {
    if (log_rate_[i] != untried) most = std::max(most, surrogate_.of(i).mean);
  }
  return most;
}

std::size_t Search::tried() const {
  return static_cast<std::size_t>(
      std::ranges::count_if(log_rate_, [](double rate) { return rate != untried; }));
}

Seconds Search::cost(std::size_t candidate) const {
  const Throughput rate{std::exp(surrogate_.of(candidate).mean)};
  return candidates_[candidate].work / rate * calls_of_measurement + beside_calls_ / measurements_;
}

// The budget, or the share of what all candidates would take.
Seconds Search::limit() const {
  Seconds all{0};
  for (std::size_t i = 0; i < candidates_.size(); ++i) all = all + cost(i);
  return std::min(budget_, all * share_of_all);
}

bool Search::is_affordable(std::size_t candidate) const {
  return cost(candidate) <= budget_ * most_of_budget;
}

}  // namespace shortfall
