#include "diagnosis/slow_links.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>

#include "core/statistics.hpp"
#include "core/text.hpp"
#include "diagnosis/drift/fold.hpp"
#include "diagnosis/fabric_pairs.hpp"

namespace shortfall {
namespace {

// Below which one of these is slow; nothing where they are too few.
std::optional<double> threshold_of(const std::vector<double>& goodnesses) {
  if (goodnesses.size() < fewest_compared) return std::nullopt;
  const double typical = median(goodnesses);
  const double spread = median_absolute_deviation(goodnesses);
  return typical - std::max(slow_deviations * spread, slow_share * typical);
}

// Somebody who is slow in one set of samples.
struct Accusation {
  FabricPair who;                          // of an end: from = to
  bool forward = false, backward = false;  // of an end: it sends, it receives
  double value = 0, expected = 0;          // goodness
  const PairSamples* of = nullptr;
  bool is_by_ends = false;  // what is expected of a pair, by what both ends reach with others

  bool is_end() const { return who.from == who.to; }
  double share() const { return value / expected; }
};

// What ends are worth in one direction: each as much as its best pair with one of several partners.
class Side {
 public:
  void add(const FabricEnd& end, double good) {
    Best& best = ends_[order_of_end(end)];
    best.end = end;
    best.good = std::max(best.good, good);
    ++best.pairs;
  }
  std::optional<double> of(const FabricEnd& end) const {
    const Best& best = ends_.at(order_of_end(end));
    return best.pairs > 1 ? std::optional(best.good) : std::nullopt;
  }
  void accuse(bool forward, const PairSamples& of, std::vector<Accusation>& all) const {
    std::vector<double> goodnesses;
    for (const auto& [order, best] : ends_) {
      if (best.pairs > 1) goodnesses.push_back(best.good);
    }
    const auto threshold = threshold_of(goodnesses);
    if (!threshold) return;
    for (const auto& [order, best] : ends_) {
      if (best.pairs < 2 || best.good >= *threshold) continue;
      all.push_back({{best.end, best.end}, forward, !forward, best.good, median(goodnesses), &of});
    }
  }

 private:
  struct Best {
    FabricEnd end;
    double good = 0;
    int pairs = 0;
  };
  std::map<EndOrder, Best> ends_;
};

// The samples of one class in one set.
struct OfClass {
  const PairSamples& set;
  std::vector<const PairSample*> samples;

  double good(const PairSample& sample) const { return goodness(set.metric, sample.value); }
};

void accuse_pairs(const OfClass& of, const Side& sends, const Side& receives,
                  std::vector<Accusation>& all) {
  std::vector<double> goodnesses, shares;
  for (const PairSample* const sample : of.samples) goodnesses.push_back(of.good(*sample));
  const double typical = median(goodnesses);
  const auto expected_of = [&](const PairSample& sample) {
    return std::min(sends.of(sample.pair.from).value_or(typical),
                    receives.of(sample.pair.to).value_or(typical));
  };
  for (const PairSample* const sample : of.samples) {
    shares.push_back(of.good(*sample) / expected_of(*sample));
  }
  const auto threshold = threshold_of(shares);
  if (!threshold) return;
  for (std::size_t i = 0; i < shares.size(); ++i) {
    const PairSample& sample = *of.samples[i];
    if (shares[i] >= *threshold) continue;
    const bool is_by_ends = sends.of(sample.pair.from) && receives.of(sample.pair.to);
    if (!is_by_ends && shares.size() < fewest_pairs_alone) continue;
    const bool is_ascending = order_of_end(sample.pair.from) < order_of_end(sample.pair.to);
    FabricPair who = sample.pair;
    if (!is_ascending) std::swap(who.from, who.to);
    all.push_back({who, is_ascending || sample.is_mutual, !is_ascending || sample.is_mutual,
                   of.good(sample), expected_of(sample), &of.set, is_by_ends});
  }
}

// A rank and itself: each is one end.
void accuse_loops(const OfClass& of, std::vector<Accusation>& all) {
  std::vector<double> goodnesses;
  for (const PairSample* const sample : of.samples) goodnesses.push_back(of.good(*sample));
  const auto threshold = threshold_of(goodnesses);
  if (!threshold) return;
  for (const PairSample* const sample : of.samples) {
    if (of.good(*sample) >= *threshold) continue;
    all.push_back({sample->pair, true, true, of.good(*sample), median(goodnesses), &of.set});
  }
}

void accuse(const OfClass& of, std::vector<Accusation>& all) {
  if (of.samples.front()->kind == PairClass::loopback) return accuse_loops(of, all);
  Side sends, receives;
  for (const PairSample* const sample : of.samples) {
    const auto& [from, to] = sample->pair;
    sends.add(from, of.good(*sample));
    receives.add(to, of.good(*sample));
    if (!sample->is_mutual) continue;
    sends.add(to, of.good(*sample));
    receives.add(from, of.good(*sample));
  }
  sends.accuse(true, of.set, all);
  receives.accuse(false, of.set, all);
  accuse_pairs(of, sends, receives, all);
}

std::vector<Accusation> accused_in(const PairSamples& set) {
  std::map<PairClass, OfClass> classes;
  for (const PairSample& sample : set.samples) {
    if (sample.is_disturbed) continue;
    classes.try_emplace(sample.kind, OfClass{set, {}}).first->second.samples.push_back(&sample);
  }
  std::vector<Accusation> all;
  for (const auto& [kind, of] : classes) accuse(of, all);
  return all;
}

std::int64_t bytes_of(const PairSamples& set) {
  const auto found = std::ranges::find(set.params, "bytes", &Params::Entry::first);
  const auto* const bytes =
      found == set.params.end() ? nullptr : std::get_if<std::int64_t>(&found->second);
  return bytes == nullptr ? 0 : *bytes;
}

std::string key_without_bytes(const PairSamples& set) {
  Params params;
  for (const auto& [name, value] : set.params) {
    if (name != "bytes") params.add(name, value);
  }
  return key_of(set.benchmark, params);
}

// Of each benchmark and its other parameters the sizes that say most: links are told apart by what
// they carry, or by how soon they answer.
std::vector<const PairSamples*> telling(const std::vector<PairSamples>& all) {
  std::map<std::string, const PairSamples*> best;
  for (const PairSamples& set : all) {
    const auto [found, is_new] = best.emplace(key_without_bytes(set), &set);
    const bool is_larger = bytes_of(set) > bytes_of(*found->second);
    if (!is_new && is_larger == (set.metric == FabricMetric::bandwidth)) found->second = &set;
  }
  std::vector<const PairSamples*> kept;
  for (const auto& [key, set] : best) kept.push_back(set);
  return kept;
}

// What does not tell adapters may mean any of the rank's.
bool is_same(const FabricEnd& one, const FabricEnd& other) {
  return one.rank == other.rank &&
         (one.device == other.device || one.device.empty() || other.device.empty());
}

// The same one in several sets is told once, by the set in which it is slowest.
void merge(const Accusation& accusation, std::vector<Accusation>& into) {
  const auto same = std::ranges::find_if(into, [&](const Accusation& other) {
    return other.is_end() == accusation.is_end() && is_same(other.who.from, accusation.who.from) &&
           is_same(other.who.to, accusation.who.to);
  });
  if (same == into.end()) {
    into.push_back(accusation);
    return;
  }
  const bool forward = same->forward || accusation.forward;
  const bool backward = same->backward || accusation.backward;
  if (accusation.share() < same->share()) *same = accusation;
  same->forward = forward;
  same->backward = backward;
}

std::string words_of(const FabricEnd& end) {
  const std::string device = end.device.empty() ? "" : end.device + ", ";
  return fmt::format("rank {} ({}{})", end.rank, device, end.host);
}

void tell_end(Finding& finding, const Accusation& accusation, const std::string& figures) {
  const FabricEnd& end = accusation.who.from;
  finding.host = end.host;
  finding.rank = end.rank;
  finding.device = end.device;
  const char* const way = !accusation.backward  ? "sends slowly to all its partners"
                          : !accusation.forward ? "receives slowly from all its partners"
                                                : "is slow in all its pairs";
  finding.reason = fmt::format("{} {}: at best {}", words_of(end), way, figures);
  finding.action =
      "look at its adapter: slot, firmware, cable and port of the switch, error counters and "
      "pauses (shortfall machine); then measure it once more with ranks that are not named";
}

void tell_pair(Finding& finding, const Accusation& accusation, const std::string& figures) {
  const auto& [from, to] = accusation.who;
  const auto& [first, second] = accusation.forward ? std::pair(from, to) : std::pair(to, from);
  const char* const between = accusation.forward && accusation.backward ? "and" : "to";
  if (first.host == second.host) finding.host = first.host;
  finding.link = fmt::format("rank {} {} rank {}", first.rank, between, second.rank);
  finding.reason =
      fmt::format("{} {} {}: {} {}", words_of(first), between, words_of(second), figures,
                  accusation.is_by_ends ? "for both with others" : "for such pairs");
  finding.action = fmt::format(
      "look at what is between these two, switches, cables and routes that only they use; then "
      "measure them alone: shortfall run {} --set group={}-{}",
      accusation.of->benchmark, first.rank, second.rank);
}

Finding finding_of(const Accusation& accusation) {
  const PairSamples& set = *accusation.of;
  const bool is_bandwidth = set.metric == FabricMetric::bandwidth;
  Finding finding{.severity = Finding::Severity::warn,
                  .kind = "slow_link",
                  .metric = fmt::format("{}/bytes={}", set.benchmark, bytes_of(set)),
                  .value = is_bandwidth ? accusation.value : 1 / accusation.value,
                  .expected = is_bandwidth ? accusation.expected : 1 / accusation.expected,
                  .unit = is_bandwidth ? "B/s" : "s"};
  const std::string figures =
      fmt::format("{} where {} are usual", scaled(*finding.value, finding.unit),
                  scaled(*finding.expected, finding.unit));
  const auto tell = accusation.is_end() ? tell_end : tell_pair;
  tell(finding, accusation, figures);
  return finding;
}

}  // namespace

std::vector<Finding> slow_links(const Report& report) {
  const std::vector<PairSamples> all = pairs_measured(report);
  std::vector<Accusation> accused;
  for (const PairSamples* const set : telling(all)) {
    for (const Accusation& one : accused_in(*set)) merge(one, accused);
  }
  std::vector<Finding> findings;
  for (const Accusation& one : accused) findings.push_back(finding_of(one));
  return folded(std::move(findings));
}

}  // namespace shortfall
