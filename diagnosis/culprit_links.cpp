#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "core/error.hpp"
#include "core/group_words.hpp"
#include "core/statistics.hpp"
#include "core/text.hpp"
#include "diagnosis/culprits.hpp"

namespace shortfall {
namespace {

// Ranks that exchange something among themselves, and what it took them.
struct GroupTime {
  std::vector<int> ranks;
  Seconds time;
};

std::vector<GroupTime> groups_in(const MeasuredCase& one, const HostOfRank& hosts) {
  std::map<int, GroupTime> groups;
  const std::vector<Seconds>& times = one.measured->per_rank.all;
  try {
    const Partition numbers = partition(word_of(*one.result, "group").value_or(""), hosts);
    for (std::size_t rank = 0; rank < std::min(numbers.size(), times.size()); ++rank) {
      if (numbers[rank] < 0) continue;
      GroupTime& group = groups[numbers[rank]];
      group.ranks.push_back(static_cast<int>(rank));
      group.time = std::max(group.time, times[rank]);
    }
  } catch (const Error&) {
    return {};  // a group of another version
  }
  std::vector<GroupTime> all;
  for (auto& [number, group] : groups) {
    if (group.time > Seconds{0}) all.push_back(std::move(group));
  }
  return all;
}

std::string all_or(const TrainingRun& run, std::int64_t ranks, GroupWord::Kind kind,
                   std::int64_t number) {
  return ranks == run.gpus ? "world" : text_of(GroupWord{kind, static_cast<int>(number)});
}

// The group that such an exchange of a training step joins: neighbouring ranks by tensor and by
// experts, the others by data.
bool is_of_row(const Result& result, const std::string& row, const TrainingRun& run) {
  const std::string group = word_of(result, "group").value_or("");
  const bool is_of_experts = run.architecture.experts && word_of(result, "kind") == "all_to_all";
  const Split& split = run.split;
  if (result.benchmark != "step_exchange") return false;
  if (row == "experts") return is_of_experts;
  if (is_of_experts) return false;
  if (row == "tensor") {
    return group == all_or(run, split.tensor, GroupWord::Kind::blocks_of, split.tensor);
  }
  return row == "data" &&
         group == all_or(run, split.data * split.context, GroupWord::Kind::every, split.tensor);
}

// What somebody did side by side, or one after the other.
struct Comparison {
  std::vector<GroupTime> groups;
  const MeasuredCase* of = nullptr;
};

// Of the exchanges of this row the one that takes longest.
Comparison of_step(const StepOnReport& step, const std::string& row, const HostOfRank& hosts) {
  Comparison longest;
  for (const MeasuredCase& one : step.cases) {
    if (!is_of_row(*one.result, row, step.run)) continue;
    if (longest.of && one.slowest() <= longest.of->slowest()) continue;
    longest = {groups_in(one, hosts), &one};
  }
  return longest;
}

bool is_across(const GroupTime& group, const HostOfRank& hosts) {
  return std::ranges::any_of(group.ranks, [&](int rank) {
    return hosts[static_cast<std::size_t>(rank)] !=
           hosts[static_cast<std::size_t>(group.ranks.front())];
  });
}

// Equal but for the ranks, which are all in one result or have one each.
std::string kind_of(const Result& result, bool is_side_by_side) {
  Params params;
  for (const auto& [name, value] : result.params) {
    if (name != "group") params.add(name, value);
  }
  return key_of(result.benchmark, params) + (is_side_by_side ? " side by side" : "");
}

// Messages between pairs of ranks that are on one host, or on two, as the ranks of `like` are; of
// the largest size of which there are several pairs: side by side, or pair by pair.
Comparison of_pairs(const StepOnReport& step, const GroupTime& like, const HostOfRank& hosts) {
  std::map<std::string, Comparison> by_kind;
  for (const MeasuredCase& one : step.cases) {
    const bool is_message =
        one.result->suite == Suite::network ||
        (one.result->benchmark == "step_exchange" && word_of(*one.result, "kind") == "send");
    if (!is_message) continue;
    auto groups = groups_in(one, hosts);
    std::erase_if(groups, [&](const GroupTime& group) {
      return is_across(group, hosts) != is_across(like, hosts);
    });
    Comparison& same = by_kind[kind_of(*one.result, groups.size() > 1)];
    if (groups.size() > 1) {
      same = {groups, &one};
    } else if (!groups.empty() && chosen_pair(word_of(*one.result, "group").value_or(""))) {
      same.groups.push_back(groups.front());
      same.of = &one;
    }
  }
  std::erase_if(by_kind, [](const auto& one) { return one.second.groups.size() < 2; });
  const auto largest = std::ranges::max_element(by_kind, {}, [](const auto& one) {
    return number_of(*one.second.of->result, "bytes").value_or(0);
  });
  return largest == by_kind.end() ? Comparison{} : largest->second;
}

std::vector<std::string> hosts_of_group(const StepOnReport& step, const GroupTime& group) {
  std::vector<std::string> names;
  for (const int rank : group.ranks) {
    const std::string& host = step.report.machine.bindings[static_cast<std::size_t>(rank)].host;
    if (std::ranges::find(names, host) == names.end()) names.push_back(host);
  }
  return names;
}

// "ranks 0-1 on node01", "ranks 0,4 on node01 and node02".
std::string words_of(const StepOnReport& step, const GroupTime& group) {
  std::vector<std::string> hosts = hosts_of_group(step, group);
  constexpr std::size_t most = 4;
  if (hosts.size() > most) {
    hosts = {hosts.front(), fmt::format("{} others", hosts.size() - 1)};
  }
  return fmt::format("ranks {} on {}", cpu_list(group.ranks), join(hosts, " and "));
}

Culprit culprit_with(const StepOnReport& step, const GroupTime& group) {
  Culprit culprit{.link = words_of(step, group)};
  const auto hosts = hosts_of_group(step, group);
  if (hosts.size() == 1) culprit.host = hosts.front();
  return culprit;
}

// Nothing if none stands out.
std::optional<Culprit> slowest_of(const StepOnReport& step, const Comparison& compared,
                                  Seconds lost) {
  if (compared.groups.size() < 2) return std::nullopt;
  const auto slowest = std::ranges::max_element(compared.groups, {}, &GroupTime::time);
  std::vector<Seconds> others;
  for (auto one = compared.groups.begin(); one != compared.groups.end(); ++one) {
    if (one != slowest) others.push_back(one->time);
  }
  const double over = slowest->time / lower_median(others);
  if (over <= 1 + stands_out) return std::nullopt;
  Culprit culprit = culprit_with(step, *slowest);
  culprit.reason =
      fmt::format("{} takes {} there, {:.3g} % more than between others", compared.of->result->key,
                  scaled(slowest->time.value, "s"), 100 * (over - 1));
  culprit.mfu_without = mfu_without(step, lost * (1 - 1 / over));
  return culprit;
}

GroupTime together(const Comparison& compared) {
  GroupTime all;
  for (const GroupTime& group : compared.groups) {
    all.ranks.insert(all.ranks.end(), group.ranks.begin(), group.ranks.end());
  }
  std::ranges::sort(all.ranks);
  return all;
}

}  // namespace

std::optional<Culprit> slow_link(const StepOnReport& step, const ShortfallRow& row) {
  const HostOfRank hosts = hosts_by_rank(step.report);
  if (hosts.empty()) return std::nullopt;
  const Comparison own = of_step(step, row.id, hosts);
  if (own.groups.empty()) return std::nullopt;
  if (auto culprit = slowest_of(step, own, row.delta)) return culprit;
  const GroupTime& like = own.groups.front();
  if (auto culprit = slowest_of(step, of_pairs(step, like, hosts), row.delta)) return culprit;
  const bool matters = row.delta > step.step * stands_out;
  if (!matters || !is_across(like, hosts)) return std::nullopt;
  Culprit culprit = culprit_with(step, together(own));
  culprit.reason =
      fmt::format("{} takes {}; there is nothing faster of its kind to hold it against",
                  own.of->result->key, scaled(own.of->slowest().value, "s"));
  culprit.mfu_without = mfu_without(step, Seconds{0});
  return culprit;
}

}  // namespace shortfall
