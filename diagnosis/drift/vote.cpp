#include "diagnosis/drift/vote.hpp"

#include <algorithm>
#include <cmath>
#include <unordered_map>

namespace shortfall {
namespace {

constexpr double as_good_as_equal = 0.01;

void take_over(SharedValue& into, SharedValue&& from) {
  into.hosts.insert(into.hosts.end(), from.hosts.begin(), from.hosts.end());
}

std::vector<SharedValue> counted(std::vector<SharedValue> ballots) {
  std::unordered_map<std::string, std::size_t> places;
  std::vector<SharedValue> candidates;
  for (SharedValue& ballot : ballots) {
    const auto [place, is_new] = places.try_emplace(ballot.text, candidates.size());
    if (is_new) {
      candidates.push_back(std::move(ballot));
    } else {
      take_over(candidates[place->second], std::move(ballot));
    }
  }
  return candidates;
}

// Most hosts first, then by value: the order in which hosts came must not matter.
void put_in_order(std::vector<SharedValue>& candidates) {
  std::ranges::sort(candidates, [](const SharedValue& a, const SharedValue& b) {
    if (a.hosts.size() != b.hosts.size()) return a.hosts.size() > b.hosts.size();
    return a.text < b.text;
  });
}

// Each figure joins the most frequent one that it is as good as equal to.
std::vector<SharedValue> rounded(std::vector<SharedValue> candidates) {
  if (std::ranges::none_of(candidates, &SharedValue::is_rounded)) return candidates;
  std::vector<SharedValue> kept;
  for (SharedValue& candidate : candidates) {
    const auto same = std::ranges::find_if(kept, [&](const SharedValue& other) {
      return candidate.is_rounded && candidate.figure && other.figure &&
             std::abs(*candidate.figure - *other.figure) <=
                 as_good_as_equal * std::max(std::abs(*candidate.figure), std::abs(*other.figure));
    });
    if (same == kept.end()) {
      kept.push_back(std::move(candidate));
    } else {
      take_over(*same, std::move(candidate));
    }
  }
  return kept;
}

bool is_identity(std::size_t values, std::size_t voters) {
  return voters > 3 && 10 * values >= 9 * voters;
}

}  // namespace

Tally vote(std::vector<SharedValue> ballots) {
  Tally tally;
  std::vector<SharedValue> candidates = counted(std::move(ballots));
  put_in_order(candidates);
  candidates = rounded(std::move(candidates));
  put_in_order(candidates);
  std::size_t voters = 0;
  for (SharedValue& candidate : candidates) {
    std::ranges::sort(candidate.hosts);
    voters += candidate.hosts.size();
  }
  tally.voters = static_cast<int>(voters);
  if (candidates.empty()) return tally;
  const bool has_majority = 2 * candidates.front().hosts.size() > voters;
  if (!has_majority && is_identity(candidates.size(), voters)) return tally;
  if (has_majority) {
    tally.majority = std::move(candidates.front());
    candidates.erase(candidates.begin());
  }
  tally.others = std::move(candidates);
  return tally;
}

}  // namespace shortfall
