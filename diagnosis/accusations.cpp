#include "diagnosis/accusations.hpp"

#include <algorithm>
#include <iterator>
#include <optional>
#include <set>

#include "core/statistics.hpp"
#include "diagnosis/like_pairs.hpp"

namespace shortfall {
namespace {

// Below which one of these is slow; nothing where they are too few.
std::optional<double> threshold_of(const std::vector<double>& goodnesses, FabricMetric metric) {
  if (goodnesses.size() < fewest_compared) return std::nullopt;
  const double typical = median(goodnesses);
  const double spread = median_absolute_deviation(goodnesses);
  const double share = metric == FabricMetric::latency ? slow_share_of_latency : slow_share;
  return typical - std::max(slow_deviations * spread, share * typical);
}

std::vector<double> goodnesses_of(const LikePairs& pairs) {
  std::vector<double> all;
  for (const LikePair& pair : pairs.all()) all.push_back(pair.good);
  return all;
}

// What ends are worth in one direction: each as much as its best pair with one of several partners.
class Side {
 public:
  explicit Side(std::size_t ends) : best_(ends), pairs_(ends) {}
  void add(std::size_t end, double good) {
    best_[end] = std::max(best_[end], good);
    ++pairs_[end];
  }
  std::optional<double> of(std::size_t end) const {
    return pairs_[end] > 1 ? std::optional(best_[end]) : std::nullopt;
  }
  std::vector<double> known() const {
    std::vector<double> all;
    for (std::size_t end = 0; end < best_.size(); ++end) {
      if (of(end)) all.push_back(best_[end]);
    }
    return all;
  }
  std::vector<std::size_t> slow(FabricMetric metric) const {
    std::vector<std::size_t> all;
    const auto threshold = threshold_of(known(), metric);
    for (std::size_t end = 0; threshold && end < best_.size(); ++end) {
      if (of(end) && best_[end] < *threshold) all.push_back(end);
    }
    return all;
  }

 private:
  std::vector<double> best_;
  std::vector<int> pairs_;
};

struct Sides {
  Side sends, receives;
  explicit Sides(const LikePairs& pairs) : sends(pairs.ends().size()), receives(sends) {
    for (const auto& [from, to, good, sample] : pairs.all()) {
      sends.add(from, good);
      receives.add(to, good);
      if (!sample->is_mutual) continue;
      sends.add(to, good);
      receives.add(from, good);
    }
  }
};

// Slow ends, which a fabric of several tiers may have made so.
class SlowEnds {
 public:
  SlowEnds(const LikePairs& pairs, const Sides& sides, FabricMetric metric)
      : pairs_(pairs), senders_(sides.sends.slow(metric)), receivers_(sides.receives.slow(metric)) {
    if (senders_.empty() && receivers_.empty()) return;
    std::set<std::size_t> slow(senders_.begin(), senders_.end());
    slow.insert(receivers_.begin(), receivers_.end());
    for (const LikePair& pair : pairs.all()) {
      const bool from = slow.contains(pair.from), to = slow.contains(pair.to);
      if (from && to) met_.insert(std::minmax({pair.from, pair.to}));
      if (from != to) with_witness_.insert(from ? pair.from : pair.to);
      if (!from && !to) of_others_.push_back(pair.good);
    }
    std::ranges::sort(of_others_);
    const auto share = most_ends_outlying * static_cast<double>(pairs.places());
    most_ = std::max(most_outliers, static_cast<std::size_t>(share));
  }

  void accuse(bool forward, const Side& side, const PairSamples& set,
              std::vector<Accusation>& all) const {
    const std::vector<std::size_t>& slow = forward ? senders_ : receivers_;
    for (const std::size_t one : slow) {
      const double best = *side.of(one);
      if (!with_witness_.contains(one) || is_tier(best) || may_be_leaf(one, slow, side)) continue;
      const FabricEnd& end = pairs_.ends()[one];
      all.push_back({{end, end}, forward, !forward, best, median(side.known()), &set});
    }
  }

 private:
  // Pairs of ends that are not slow reach no more.
  bool is_tier(double best) const {
    const auto from = std::ranges::lower_bound(of_others_, best * (1 - about_equal));
    return from != of_others_.end() && *from <= best * (1 + about_equal);
  }

  // Many are as slow with all that they met, and did not meet one another.
  bool may_be_leaf(std::size_t one, const std::vector<std::size_t>& slow, const Side& side) const {
    std::set<Place> places{pairs_.place_of(pairs_.ends()[one])};
    for (const std::size_t other : slow) {
      const bool is_as_slow = *side.of(other) <= *side.of(one) * (1 + about_equal);
      if (!is_as_slow || met_.contains(std::minmax({one, other}))) continue;
      places.insert(pairs_.place_of(pairs_.ends()[other]));
      if (places.size() > most_) return true;
    }
    return false;
  }

  const LikePairs& pairs_;
  std::vector<std::size_t> senders_, receivers_;
  std::set<std::pair<std::size_t, std::size_t>> met_;
  std::set<std::size_t> with_witness_;  // met one at least that is not slow itself
  std::vector<double> of_others_;
  std::size_t most_ = most_outliers;
};

// Pairs that no end was accused for: what slow ends do to theirs says nothing of the fabric.
std::vector<LikePair> without(const std::vector<Accusation>& ends, const LikePairs& pairs) {
  std::set<EndOrder> slow;
  for (const Accusation& one : ends) slow.insert(order_of_end(one.who.from));
  std::vector<bool> is_slow;
  for (const FabricEnd& end : pairs.ends()) is_slow.push_back(slow.contains(order_of_end(end)));
  std::vector<LikePair> others = pairs.all();
  std::erase_if(others,
                [&](const LikePair& pair) { return is_slow[pair.from] || is_slow[pair.to]; });
  return others;
}

void accuse_pairs(const LikePairs& pairs, const Sides& sides, const PairSamples& set,
                  const std::vector<Accusation>& ends, std::vector<Accusation>& all) {
  const double typical = median(goodnesses_of(pairs));
  const auto expected_of = [&](const LikePair& pair) {
    return std::min(sides.sends.of(pair.from).value_or(typical),
                    sides.receives.of(pair.to).value_or(typical));
  };
  std::vector<double> shares;
  for (const LikePair& pair : pairs.all()) shares.push_back(pair.good / expected_of(pair));
  const auto threshold = threshold_of(shares, set.metric);
  if (!threshold) return;
  const Commonness commonness(pairs, without(ends, pairs));
  for (std::size_t i = 0; i < shares.size(); ++i) {
    const LikePair& pair = pairs.all()[i];
    if (shares[i] >= *threshold || commonness.is_common(pair.good)) continue;
    const bool is_by_ends = sides.sends.of(pair.from) && sides.receives.of(pair.to);
    if (!is_by_ends && shares.size() < fewest_pairs_alone) continue;
    const bool is_ascending = pair.from < pair.to, is_mutual = pair.sample->is_mutual;
    FabricPair who = pair.sample->pair;
    if (!is_ascending) std::swap(who.from, who.to);
    all.push_back({who, is_ascending || is_mutual, !is_ascending || is_mutual, pair.good,
                   expected_of(pair), &set, is_by_ends});
  }
}

// A rank and itself: each is one end.
void accuse_loops(const LikePairs& pairs, const PairSamples& set, std::vector<Accusation>& all) {
  const std::vector<double> goodnesses = goodnesses_of(pairs);
  const auto threshold = threshold_of(goodnesses, set.metric);
  if (!threshold) return;
  const Commonness commonness(pairs, pairs.all());
  for (const LikePair& pair : pairs.all()) {
    if (pair.good >= *threshold || commonness.is_common(pair.good)) continue;
    all.push_back({pair.sample->pair, true, true, pair.good, median(goodnesses), &set});
  }
}

// Of pairs that are held against others than the end was, because its partner can carry less.
bool is_explained_by(const Accusation& end, const Accusation& pair) {
  const bool is_of_pair = end.who.from == pair.who.from || end.who.from == pair.who.to;
  return is_of_pair && end.value <= pair.value * (1 + about_equal);
}

}  // namespace

std::vector<Accusation> accused_in(const PairSamples& set) {
  std::vector<Accusation> ends, others;
  for (const LikePairs& pairs : like_pairs_in(set)) {
    if (pairs.kind() == PairClass::loopback) {
      accuse_loops(pairs, set, others);
      continue;
    }
    const Sides sides(pairs);
    const SlowEnds slow(pairs, sides, set.metric);
    slow.accuse(true, sides.sends, set, ends);
    slow.accuse(false, sides.receives, set, ends);
    accuse_pairs(pairs, sides, set, ends, others);
  }
  std::erase_if(others, [&](const Accusation& one) {
    return !one.is_end() && std::ranges::any_of(ends, [&](const Accusation& end) {
      return is_explained_by(end, one);
    });
  });
  std::ranges::move(others, std::back_inserter(ends));
  return ends;
}

}  // namespace shortfall
