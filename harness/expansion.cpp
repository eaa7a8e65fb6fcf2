#include "harness/expansion.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>

#include "core/nic_words.hpp"
#include "harness/rounds.hpp"

namespace shortfall {
namespace {

// What a word stands for; why it stands for nothing here, if it does.
struct Meaning {
  std::vector<std::string> words;
  std::string why_none = {};
};

// Nothing of words that stand for themselves.
using Meant = std::optional<Meaning> (*)(const Case&, const JobExtent&);

bool is(const Case& which, const std::string& axis, const std::string& word) {
  return which.params.has(axis) && which.params.text(axis) == word;
}

Meaning pairs_of_hosts(const HostOfRank& hosts) {
  const int ranks = most_on_a_host(hosts);
  Meaning all{.why_none = "no host has two ranks"};
  for (int from = 0; from < ranks; ++from) {
    for (int to = 0; to < ranks; ++to) {
      if (from != to) all.words.push_back(host_pair_word(from, to));
    }
  }
  return all;
}

// The first of a pair begins in all that goes one way: so that the other one does, too.
void add_round(Meaning& all, RoundWord round, bool goes_one_way) {
  all.words.push_back(text_of(round));
  round.is_back = true;
  if (goes_one_way) all.words.push_back(text_of(round));
}

Meaning straight_rounds(int rounds, bool goes_one_way) {
  Meaning all{.why_none = "a rank alone has no partner"};
  for (int number = 1; number <= rounds; ++number) {
    add_round(all, {.number = number}, goes_one_way);
  }
  return all;
}

Meaning cross_rounds(int rounds, int farthest, bool goes_one_way) {
  Meaning all{.why_none = "there are no two hosts of several ranks each"};
  for (int number = 1; number <= rounds; ++number) {
    for (int cross = 1; cross <= farthest; ++cross) {
      add_round(all, {.number = number, .cross = cross}, goes_one_way);
    }
  }
  return all;
}

std::optional<Meaning> groups_meant(const Case& which, const JobExtent& job) {
  if (is(which, "group", every_host_pair)) return pairs_of_hosts(job.hosts);
  if (!which.params.has("group") || !is_many_rounds(which.params.text("group"))) {
    return std::nullopt;
  }
  const int matched = matched_in(job.hosts);
  const int most = most_on_a_host(job.hosts);
  const bool is_one_host = static_cast<std::size_t>(most) == job.hosts.size();
  const bool goes_one_way = is(which, "direction", "one_way");
  const int all = rounds_of(matched), first = std::min(all, rounds_at_first);
  const int farthest = is_one_host ? 0 : most - 1;
  if (is(which, "group", first_rounds)) return straight_rounds(first, goes_one_way);
  if (is(which, "group", every_round)) return straight_rounds(all, goes_one_way);
  const bool is_every = is(which, "group", every_cross_round);
  return is_every ? cross_rounds(all, farthest, goes_one_way)
                  : cross_rounds(first, std::min(farthest, 1), goes_one_way);
}

std::optional<Meaning> nics_meant(const Case& which, const JobExtent& job) {
  const bool is_pairs = is(which, "nics", every_nic_pair);
  if (!is_pairs && !is(which, "nics", every_nic)) return std::nullopt;
  // A rank that is alone uses one adapter.
  const bool is_alone = which.params.has("group") && !is_joint(which.params.text("group"));
  Meaning all{.why_none = "the survey of hosts saw no active port of an RDMA adapter"};
  for (int from = 0; from < job.fewest_ports; ++from) {
    for (int to = 0; to < job.fewest_ports; ++to) {
      if (from == to) all.words.push_back(std::to_string(from));
      if (from != to && is_pairs && !is_alone) all.words.push_back(fmt::format("{}..{}", from, to));
    }
  }
  return all;
}

Case with_word(const Case& which, const std::string& axis, const std::string& word) {
  Case other{which.benchmark, {}};
  for (const auto& [name, value] : which.params) {
    other.params.add(name, name == axis ? Value(word) : value);
  }
  return other;
}

void expand_axis(Plan& plan, const std::string& axis, Meant meant, const JobExtent& job) {
  std::vector<Case> cases;
  for (const Case& which : plan.cases) {
    const auto meaning = meant(which, job);
    if (!meaning) {
      cases.push_back(which);
    } else if (meaning->words.empty()) {
      plan.excluded.push_back({which.key(), meaning->why_none});
    } else {
      for (const std::string& word : meaning->words) cases.push_back(with_word(which, axis, word));
    }
  }
  plan.cases = std::move(cases);
}

// Of hosts that have more adapters than others, the last ones are not asked for: nobody may take
// them for measured.
void tell_uneven_ports(Plan& plan, const JobExtent& job) {
  if (job.fewest_ports == 0 || job.fewest_ports == job.most_ports) return;
  std::set<std::string> keys;
  for (const Case& which : plan.cases) {
    for (const char* const word : {every_nic, every_nic_pair}) {
      if (is(which, "nics", word)) {
        keys.insert(
            key_of(which.benchmark, Params(std::vector<Params::Entry>{{"nics", Value(word)}})));
      }
    }
  }
  for (const std::string& key : keys) {
    plan.excluded.push_back(
        {key, fmt::format("adapters {} to {} are left out: not every host has so many active ports",
                          job.fewest_ports, job.most_ports - 1)});
  }
}

}  // namespace

void expand(Plan& plan, const JobExtent& job) {
  tell_uneven_ports(plan, job);
  expand_axis(plan, "group", groups_meant, job);
  expand_axis(plan, "nics", nics_meant, job);
  // A pair may have been asked for by its name, too.
  std::set<std::string> keys;
  std::erase_if(plan.cases, [&](const Case& which) { return !keys.insert(which.key()).second; });
}

}  // namespace shortfall
