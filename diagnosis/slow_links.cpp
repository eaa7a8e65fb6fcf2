#include "diagnosis/slow_links.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>

#include "core/text.hpp"
#include "diagnosis/accusations.hpp"
#include "diagnosis/drift/fold.hpp"

namespace shortfall {
namespace {

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

// What an end does to all that it meets in another set, in a pair that this one saw with nobody
// else. A loop has both directions, and met nobody.
bool is_doing_of(const Accusation& end, const Accusation& pair) {
  if (!end.is_end() || end.forward == end.backward || pair.is_end() || pair.is_by_ends)
    return false;
  if (end.of == pair.of || end.of->metric != pair.of->metric) return false;
  const bool is_from = is_same(end.who.from, pair.who.from);
  const bool is_to = is_same(end.who.from, pair.who.to);
  const bool sends = (is_from && pair.forward) || (is_to && pair.backward);
  const bool receives = (is_to && pair.forward) || (is_from && pair.backward);
  return (end.forward ? sends : receives) && end.share() <= pair.share() * (1 + about_equal);
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

std::vector<Finding> slow_links(const std::vector<PairSamples>& all) {
  std::vector<Accusation> accused, told;
  for (const PairSamples* const set : telling(all)) {
    std::ranges::move(accused_in(*set), std::back_inserter(accused));
  }
  for (const Accusation& one : accused) {
    const auto does_it = [&](const Accusation& end) { return is_doing_of(end, one); };
    if (std::ranges::none_of(accused, does_it)) merge(one, told);
  }
  std::vector<Finding> findings;
  for (const Accusation& one : told) findings.push_back(finding_of(one));
  return folded(std::move(findings));
}

}  // namespace shortfall
