#include "model/collectives/group_scaling.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/error.hpp"

namespace shortfall {
namespace {

using Kind = Collective::Kind;

// One group says nothing of others. All-reduces of 8 GPUs, predicted from those of 4 alone, miss by
// this much (vtrain_a100 in tests/data/collective_sweeps.json).
constexpr double error_of_one_group = 0.2;

constexpr double of_nine_in_ten = 1.645;  // standard deviations of a normal distribution

std::vector<MeasuredGroup> checked(std::vector<MeasuredGroup> groups) {
  if (groups.empty()) throw BadUsage("no measured group to scale a collective from");
  std::ranges::sort(groups, {}, &MeasuredGroup::ranks);
  if (groups.front().ranks < 2) {
    throw BadUsage(fmt::format("a measured group of {} ranks: a collective needs at least 2",
                               groups.front().ranks));
  }
  const auto twice = std::ranges::adjacent_find(groups, {}, &MeasuredGroup::ranks);
  if (twice != groups.end()) {
    throw BadUsage(fmt::format("two measured groups of {} ranks: expected one", twice->ranks));
  }
  return groups;
}

// Each group with the same weight over all orders of magnitude.
std::vector<GroupSample> samples_of(std::span<const MeasuredGroup> groups) {
  constexpr int per_group = 16;
  std::vector<GroupSample> samples;
  for (const auto& [ranks, fit] : groups) {
    const double first = std::log(std::max(fit.smallest(), 1_B).value);
    const double step = (std::log(fit.largest().value) - first) / (per_group - 1);
    for (int i = 0; i < per_group; ++i) {
      const Bytes bytes{std::exp(first + i * step)};
      samples.push_back({ranks, bytes, fit.at(bytes).time});
    }
  }
  return samples;
}

ScalingLaw law_of(Kind kind, std::span<const MeasuredGroup> groups,
                  std::optional<CollectiveAlgorithm> algorithm) {
  const auto samples = samples_of(groups);
  return algorithm ? fit_law(kind, *algorithm, samples)
                   : likely_law(kind, usual_algorithm(kind), samples);
}

double doublings(int from, int to) {
  return std::log2(static_cast<double>(to) / static_cast<double>(from));
}

// Extrapolates from the groups of at most half the largest one to that.
double tried_error(Kind kind, std::span<const MeasuredGroup> groups,
                   std::optional<CollectiveAlgorithm> algorithm) {
  const MeasuredGroup& largest = groups.back();
  const auto beyond_half = std::ranges::find_if(
      groups, [&](const MeasuredGroup& group) { return 2 * group.ranks > largest.ranks; });
  const std::vector<MeasuredGroup> smaller(groups.begin(), beyond_half);
  if (smaller.size() < 2) return error_of_one_group;
  const GroupScaling tried(kind, smaller, algorithm);
  double sum = 0;
  const auto samples = samples_of({&largest, 1});
  for (const GroupSample& sample : samples) {
    const double error = std::log(tried.at(largest.ranks, sample.bytes).time / sample.time);
    sum += error * error / static_cast<double>(samples.size());
  }
  return std::sqrt(sum) / doublings(smaller.back().ranks, largest.ranks);
}

}  // namespace

GroupEstimate GroupCurve::at(Bytes bytes) const {
  double correction = law_alone_;
  bool is_outside = is_outside_;
  for (const Neighbor& near : near_) {
    if (near.fit == nullptr) continue;
    const CurveTime measured = near.fit->at(bytes);
    const Seconds by_law = near.law.at(bytes);
    correction += near.weight * (by_law > Seconds{0} ? measured.time / by_law : 1);
    is_outside = is_outside || measured.extrapolated;
  }
  const Seconds time = law_.at(bytes) * correction;
  return {time, {time / spread_, time * spread_}, is_outside, is_beyond_reach_};
}

GroupScaling::GroupScaling(Kind kind, std::vector<MeasuredGroup> groups,
                           std::optional<CollectiveAlgorithm> algorithm)
    : kind_(kind),
      groups_(checked(std::move(groups))),
      law_(law_of(kind, groups_, algorithm)),
      error_per_doubling_(tried_error(kind, groups_, algorithm)) {}

GroupCurve GroupScaling::in(int ranks) const {
  if (ranks < 1) throw BadUsage(fmt::format("a group of {} ranks: expected at least 1", ranks));
  if (ranks == 1) return {};
  const auto above = std::ranges::lower_bound(groups_, ranks, {}, &MeasuredGroup::ranks);
  if (above == groups_.end()) return outside(groups_.back(), ranks);
  if (above->ranks == ranks) return measured(*above);
  if (above == groups_.begin()) return outside(*above, ranks);
  return between(*std::prev(above), *above, ranks);
}

CostLine GroupScaling::law_in(int ranks) const {
  return law_.in(group_shape(kind_, law_.algorithm, ranks));
}

double GroupScaling::spread(double scatter, double doublings) const {
  return std::exp(of_nine_in_ten * std::hypot(scatter, error_per_doubling_ * doublings));
}

GroupCurve GroupScaling::measured(const MeasuredGroup& group) const {
  constexpr CostLine no_law{{1}, 0};
  GroupCurve curve;
  curve.law_ = no_law;
  curve.near_[0] = {&group.fit, no_law, 1};
  curve.spread_ = spread(group.fit.scatter(), 0);
  return curve;
}

// By the logarithm of the ranks.
GroupCurve GroupScaling::between(const MeasuredGroup& below, const MeasuredGroup& above,
                                 int ranks) const {
  const double from_below = doublings(below.ranks, ranks), to_above = doublings(ranks, above.ranks);
  const double share = from_below / (from_below + to_above);
  GroupCurve curve;
  curve.law_ = law_in(ranks);
  curve.near_ = {
      {{&below.fit, law_in(below.ranks), 1 - share}, {&above.fit, law_in(above.ranks), share}}};
  curve.spread_ =
      spread(std::max(below.fit.scatter(), above.fit.scatter()), std::min(from_below, to_above));
  return curve;
}

// Beyond the largest group, what is left of its deviation falls with the ranks; below the smallest
// one all of it stays.
GroupCurve GroupScaling::outside(const MeasuredGroup& nearest, int ranks) const {
  const double weight = std::min(static_cast<double>(nearest.ranks) / ranks, 1.0);
  GroupCurve curve;
  curve.law_ = law_in(ranks);
  curve.near_[0] = {&nearest.fit, law_in(nearest.ranks), weight};
  curve.law_alone_ = 1 - weight;
  curve.spread_ = spread(nearest.fit.scatter(), std::abs(doublings(nearest.ranks, ranks)));
  curve.is_outside_ = true;
  curve.is_beyond_reach_ = ranks > static_cast<double>(nearest.ranks) * reach;
  return curve;
}

}  // namespace shortfall
