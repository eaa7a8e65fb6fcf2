#include "diagnosis/like_pairs.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "diagnosis/accusations.hpp"

namespace shortfall {
namespace {

// Cheaper to compare than EndOrder.
using EndKey = std::pair<int, std::string_view>;
EndKey key_of(const FabricEnd& end) { return {end.rank, end.device}; }

std::vector<FabricEnd> ends_of(const std::vector<const PairSample*>& samples) {
  std::map<EndKey, const FabricEnd*> unique;
  for (const PairSample* const sample : samples) {
    for (const FabricEnd* const end : {&sample->pair.from, &sample->pair.to}) {
      unique.emplace(key_of(*end), end);
    }
  }
  std::vector<FabricEnd> ends;
  for (const auto& [key, end] : unique) ends.push_back(*end);
  std::ranges::sort(ends, {}, order_of_end);
  return ends;
}

}  // namespace

LikePairs::LikePairs(FabricMetric metric, const std::vector<const PairSample*>& samples)
    : ends_(ends_of(samples)) {
  std::map<EndKey, std::size_t> numbers;
  for (const FabricEnd& end : ends_) numbers.emplace(key_of(end), numbers.size());
  for (const PairSample* const sample : samples) {
    const auto& [from, to] = sample->pair;
    all_.push_back({numbers.at(key_of(from)), numbers.at(key_of(to)),
                    goodness(metric, sample->value), sample});
  }
  std::set<Places> between_hosts;
  for (const PairSample* const sample : samples) between_hosts.insert(places_of(sample->pair));
  is_by_host_ = between_hosts.size() > most_outliers;
}

Place LikePairs::place_of(const FabricEnd& end) const {
  return is_by_host_ ? Place{end.host, 0, ""} : Place{end.host, end.rank, end.device};
}

Places LikePairs::places_of(const FabricPair& pair) const {
  return std::minmax({place_of(pair.from), place_of(pair.to)});
}

std::size_t LikePairs::places() const {
  std::set<Place> all;
  for (const FabricEnd& end : ends_) all.insert(place_of(end));
  return all.size();
}

Commonness::Commonness(const LikePairs& all, const std::vector<LikePair>& of) {
  std::vector<LikePair> worst_first = of;
  std::ranges::sort(worst_first, {}, &LikePair::good);
  std::set<Places> seen;
  for (const LikePair& pair : worst_first) {
    seen.insert(all.places_of(pair.sample->pair));
    sorted_.push_back(pair.good);
    places_.push_back(seen.size());
  }
}

bool Commonness::is_common(double good) const {
  const auto better = std::ranges::upper_bound(sorted_, good * (1 + about_equal));
  if (better == sorted_.begin()) return false;
  const auto as_bad = places_[static_cast<std::size_t>(better - sorted_.begin()) - 1];
  return as_bad > most_outliers &&
         static_cast<double>(as_bad) > most_pairs_outlying * static_cast<double>(places_.back());
}

std::vector<LikePairs> like_pairs_in(const PairSamples& set) {
  std::vector<const PairSample*> samples;
  for (const PairSample& sample : set.samples) {
    if (!sample.is_disturbed) samples.push_back(&sample);
  }
  std::ranges::stable_sort(samples, {}, [](const PairSample* sample) {
    return std::pair(sample->kind, sample->rate_of_ends.value);
  });
  const auto is_other = [](const PairSample* one, const PairSample* next) {
    return one->kind != next->kind ||
           next->rate_of_ends.value > one->rate_of_ends.value * (1 + about_equal);
  };
  std::vector<LikePairs> all;
  for (auto from = samples.begin(); from != samples.end();) {
    const auto to = std::find_if(from, samples.end(),
                                 [&](const PairSample* sample) { return is_other(*from, sample); });
    all.emplace_back(set.metric, std::vector<const PairSample*>(from, to));
    from = to;
  }
  return all;
}

}  // namespace shortfall
