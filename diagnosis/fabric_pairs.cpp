#include "diagnosis/fabric_pairs.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <unordered_map>
#include <utility>

#include "core/error.hpp"
#include "core/operation/fabric_transfer.hpp"
#include "core/text.hpp"
#include "diagnosis/measured_cases.hpp"
#include "diagnosis/rdma/rank_devices.hpp"
#include "harness/groups.hpp"

namespace shortfall {
namespace {

struct RankPair {
  int from, to;  // who makes the calls, and whom they reach
  Seconds time;
};

// What each rank of a result used, and with how many others of its host.
class Sharing {
 public:
  Sharing(const std::vector<RankPair>& pairs, const Measured& measured, const RankDevices& devices,
          const HostOfRank& hosts)
      : hosts_(hosts) {
    for (const RankPair& pair : pairs) {
      for (const int rank : {pair.from, pair.to}) {
        const auto [found, is_new] = used_.try_emplace(rank);
        if (!is_new) continue;
        found->second = devices.adapter_of(rank, measured);
        ++ranks_[{host_of(rank), found->second.device}];
      }
    }
  }

  const UsedAdapter& of(int rank) const { return used_.at(rank); }
  // Zero = not known.
  BitRate rate_of(int rank) const {
    const UsedAdapter& used = of(rank);
    return {used.rate.value / ranks_.at({host_of(rank), used.device})};
  }

 private:
  int host_of(int rank) const { return hosts_[static_cast<std::size_t>(rank)]; }

  const HostOfRank& hosts_;
  std::unordered_map<int, UsedAdapter> used_;
  std::map<std::pair<int, std::string>, int> ranks_;  // by host and adapter
};

// Of results that tell several pairs.
class PairReader {
 public:
  explicit PairReader(const Report& report)
      : report_(report), hosts_(hosts_by_rank(report)), devices_(report) {
    std::map<int, int> seen;
    for (const int host : hosts_) numbers_on_host_.push_back(seen[host]++);
  }

  std::vector<PairSample> samples(const MeasuredCase& one) const;

 private:
  std::vector<RankPair> pairs_in(const MeasuredCase& one) const;
  std::vector<RankPair> shifted(const std::vector<Seconds>& times, std::int64_t distance) const;
  PairClass class_of(const RankPair& pair, const UsedAdapter& from, const UsedAdapter& to) const;
  FabricEnd end_of(int rank, const UsedAdapter& adapter) const;

  const Report& report_;
  HostOfRank hosts_;
  std::vector<int> numbers_on_host_;  // by rank
  RankDevices devices_;
};

Seconds time_of(const std::vector<Seconds>& times, int rank) {
  return times[static_cast<std::size_t>(rank)];
}

// Ranks that took part, each with the one that comes so many places after it.
std::vector<RankPair> PairReader::shifted(const std::vector<Seconds>& times,
                                          std::int64_t distance) const {
  std::vector<int> ranks;
  for (std::size_t rank = 0; rank < times.size(); ++rank) {
    if (times[rank] > Seconds{0}) ranks.push_back(static_cast<int>(rank));
  }
  std::vector<RankPair> pairs;
  for (std::size_t i = 0; i < ranks.size(); ++i) {
    const std::size_t to = (i + static_cast<std::size_t>(distance)) % ranks.size();
    if (to != i) pairs.push_back({ranks[i], ranks[to], time_of(times, ranks[i])});
  }
  return pairs;
}

std::vector<RankPair> PairReader::pairs_in(const MeasuredCase& one) const {
  const std::vector<Seconds>& times = one.measured->per_rank.all;
  const std::string group = word_of(*one.result, "group").value_or("");
  if (times.empty() || times.size() != hosts_.size()) return {};
  std::vector<RankPair> pairs;
  if (const auto distance = word_of(*one.result, "distance")) {
    return shifted(times, std::max<std::int64_t>(0, parse_integer(*distance).value_or(0)));
  }
  if (group == "all" || group == "one") {
    for (std::size_t rank = 0; rank < times.size(); ++rank) {
      pairs.push_back({static_cast<int>(rank), static_cast<int>(rank), times[rank]});
    }
  } else if (is_of_pairs(group)) {
    for (const std::vector<int>& ranks : ranks_of_groups(group, hosts_)) {
      const int from = ranks.front(), to = ranks.back();
      pairs.push_back({from, to, std::max(time_of(times, from), time_of(times, to))});
    }
  }
  std::erase_if(pairs, [](const RankPair& pair) { return pair.time <= Seconds{0}; });
  return pairs;
}

PairClass PairReader::class_of(const RankPair& pair, const UsedAdapter& from,
                               const UsedAdapter& to) const {
  if (pair.from == pair.to) return PairClass::loopback;
  const auto one = static_cast<std::size_t>(pair.from), other = static_cast<std::size_t>(pair.to);
  if (hosts_[one] == hosts_[other]) return PairClass::same_host;
  const bool is_same = from.number && to.number ? from.number == to.number
                                                : numbers_on_host_[one] == numbers_on_host_[other];
  return is_same ? PairClass::same_rail : PairClass::cross_rail;
}

FabricEnd PairReader::end_of(int rank, const UsedAdapter& adapter) const {
  return {rank, report_.machine.bindings[static_cast<std::size_t>(rank)].host, adapter.device};
}

bool is_windowed(const Result& result) { return result.params.has("window"); }

bool is_mutual(const Result& result) {
  const std::string direction = word_of(result, "direction").value_or("");
  return !is_windowed(result) || direction == "both_ways" || direction == "two_way";
}

// What disturbed one host says nothing of the pairs of others.
bool is_disturbed(const FabricPair& pair, const Vitals& vitals) {
  if (!vitals.is_disturbed || vitals.disturbed_hosts.empty()) return vitals.is_disturbed;
  const auto is_named = [&](const FabricEnd& end) {
    return std::ranges::count(vitals.disturbed_hosts, end.host) > 0;
  };
  return is_named(pair.from) || is_named(pair.to);
}

double value_of(const Result& result, Seconds time) {
  if (!is_windowed(result)) return time.value;
  return result.work.payload.value / result.work.messages.value / time.value;
}

std::vector<PairSample> PairReader::samples(const MeasuredCase& one) const {
  const Result& result = *one.result;
  const auto verb = verb_named(word_of(result, "op").value_or(""));
  std::vector<PairSample> all;
  const std::vector<RankPair> pairs = pairs_in(one);
  const Sharing sharing(pairs, *one.measured, devices_, hosts_);
  for (const RankPair& pair : pairs) {
    const UsedAdapter& from = sharing.of(pair.from);
    const UsedAdapter& to = sharing.of(pair.to);
    PairSample sample{
        .pair = {end_of(pair.from, from), end_of(pair.to, to)},
        .kind = class_of(pair, from, to),
        .value = value_of(result, pair.time),
        .is_mutual = is_mutual(result),
        .rate_of_ends = std::min(sharing.rate_of(pair.from), sharing.rate_of(pair.to))};
    sample.is_disturbed = is_disturbed(sample.pair, one.measured->vitals);
    auto& [first, second] = sample.pair;
    const bool is_turned =
        sample.is_mutual ? order_of_end(second) < order_of_end(first) : verb && is_fetch(*verb);
    if (is_turned) std::swap(first, second);
    all.push_back(std::move(sample));
  }
  return all;
}

Params common_params(const Result& result) {
  constexpr std::array<std::string_view, 3> of_pairs{"group", "nics", "distance"};
  Params params;
  for (const auto& [name, value] : result.params) {
    if (std::ranges::find(of_pairs, name) == of_pairs.end()) params.add(name, value);
  }
  return params;
}

// Gathers the samples of equal benchmarks and parameters. A pair that was measured twice is as fast
// as it once was.
class Gathering {
 public:
  void add(const Result& result, const std::vector<PairSample>& samples) {
    const Params params = common_params(result);
    const auto [found, is_new] = sets_.emplace(key_of(result.benchmark, params), all_.size());
    if (is_new) {
      const auto metric = is_windowed(result) ? FabricMetric::bandwidth : FabricMetric::latency;
      all_.push_back({result.benchmark, params, metric, {}});
    }
    for (const PairSample& sample : samples) add(found->second, sample);
  }
  std::vector<PairSamples> take() { return std::move(all_); }

 private:
  void add(std::size_t set, const PairSample& sample) {
    PairSamples& to = all_[set];
    const auto& [from, other] = sample.pair;
    const auto [found, is_new] =
        pairs_.try_emplace({set, order_of_end(from), order_of_end(other)}, to.samples.size());
    if (is_new) {
      to.samples.push_back(sample);
      return;
    }
    PairSample& before = to.samples[found->second];
    if (goodness(to.metric, sample.value) > goodness(to.metric, before.value)) before = sample;
  }

  std::vector<PairSamples> all_;
  std::map<std::string, std::size_t> sets_;
  std::map<std::tuple<std::size_t, EndOrder, EndOrder>, std::size_t> pairs_;
};

// A group of another version's is no pair.
std::vector<PairSample> samples_or_none(const PairReader& reader, const MeasuredCase& one) {
  try {
    return reader.samples(one);
  } catch (const Error&) {
    return {};
  }
}

}  // namespace

EndOrder order_of_end(const FabricEnd& end) { return {end.rank, {end.device}}; }

double goodness(FabricMetric metric, double value) {
  return metric == FabricMetric::bandwidth ? value : 1 / value;
}

std::vector<PairSamples> pairs_measured(const Report& report) {
  const PairReader reader(report);
  Gathering all;
  for (const MeasuredCase& one : measured_cases(report)) {
    const Work& work = one.result->work;
    const bool is_message = work.payload.value > 0 && work.messages.value > 0;
    if (one.result->suite != Suite::network || !is_message) continue;
    const std::vector<PairSample> samples = samples_or_none(reader, one);
    if (!samples.empty()) all.add(*one.result, samples);
  }
  return all.take();
}

}  // namespace shortfall
