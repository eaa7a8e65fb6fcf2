#include "harness/groups.hpp"

#include <algorithm>

#include "core/error.hpp"
#include "core/group_words.hpp"
#include "core/text.hpp"

namespace shortfall {
namespace {

constexpr int idle = -1;

// Where a rank stands: what each kind of group looks at.
struct Place {
  int rank, size;
  int host;
  int on_host;  // its number among the ranks of its host
};

std::vector<Place> places_on(const HostOfRank& hosts) {
  std::vector<Place> places;
  std::map<int, int> seen;
  for (const int host : hosts) {
    places.push_back(
        {static_cast<int>(places.size()), static_cast<int>(hosts.size()), host, seen[host]++});
  }
  return places;
}

using Rule = int (*)(const Place&);

int in_half(const Place& p) { return p.rank < p.size / 2 * 2 ? p.rank / (p.size / 2) : idle; }
int in_pair(const Place& p) { return p.rank < p.size / 2 * 2 ? p.rank % (p.size / 2) : idle; }

const std::map<std::string, Rule>& rules() {
  static const std::map<std::string, Rule> all{
      {"all", [](const Place& p) { return p.rank; }},
      {"one", [](const Place& p) { return p.rank == 0 ? 0 : idle; }},
      {"world", [](const Place&) { return 0; }},
      {"halves", in_half},
      {"pairs", in_pair},
      {"next_pairs", [](const Place& p) { return p.rank / 2; }},
      {"within_host", [](const Place& p) { return p.host; }},
      {"across_hosts", [](const Place& p) { return p.on_host == 0 ? 0 : idle; }},
      {"rails", [](const Place& p) { return p.on_host; }},
  };
  return all;
}

std::string names_of_rules() {
  std::string names;
  for (const auto& [name, rule] : rules()) names += name + ", ";
  return names + "A-B (two ranks), [first_]blocks_of_N, [first_]every_N";
}

int place_in(const GroupWord& word, int rank) {
  switch (word.kind) {
    case GroupWord::Kind::blocks_of:
      return rank / word.ranks;
    case GroupWord::Kind::every:
      return rank % word.ranks;
    case GroupWord::Kind::first_blocks_of:
      return rank < word.ranks ? 0 : idle;
    case GroupWord::Kind::first_every:
      return rank % word.ranks == 0 ? 0 : idle;
  }
  return idle;
}

Partition groups_of(const GroupWord& word, std::size_t size) {
  Partition groups;
  for (std::size_t rank = 0; rank < size; ++rank) {
    groups.push_back(place_in(word, static_cast<int>(rank)));
  }
  return groups;
}

Partition pair_of(const std::pair<int, int>& ranks, std::size_t size) {
  Partition groups(size, idle);
  for (const int rank : {ranks.first, ranks.second}) {
    if (static_cast<std::size_t>(rank) < size) groups[static_cast<std::size_t>(rank)] = 0;
  }
  return groups;
}

void make_loners_idle(Partition& groups) {
  std::map<int, int> sizes;
  for (const int group : groups) ++sizes[group];
  for (int& group : groups) group = sizes[group] > 1 ? group : idle;
}

}  // namespace

HostOfRank hosts_of(const World& job) {
  std::map<std::string, int> numbers;
  HostOfRank hosts;
  for (int rank = 0; rank < job.size(); ++rank) {
    const auto next = static_cast<int>(numbers.size());
    hosts.push_back(numbers.emplace(job.host(rank), next).first->second);
  }
  return hosts;
}

std::optional<std::pair<int, int>> chosen_pair(const std::string& kind) {
  const auto ends = split(kind, '-');
  if (ends.size() != 2) return std::nullopt;
  const auto one = parse_integer(ends[0]), other = parse_integer(ends[1]);
  constexpr std::int64_t most = 1 << 30;
  if (!one || !other || *one == *other || std::min(*one, *other) < 0 ||
      std::max(*one, *other) > most)
    return std::nullopt;
  return std::pair(static_cast<int>(*one), static_cast<int>(*other));
}

Partition partition(const std::string& kind, const HostOfRank& hosts) {
  Partition groups;
  const auto rule = rules().find(kind);
  if (const auto pair = chosen_pair(kind)) {
    groups = pair_of(*pair, hosts.size());
  } else if (const auto word = group_word_from(kind)) {
    groups = groups_of(*word, hosts.size());
  } else if (rule != rules().end()) {
    if (hosts.size() < 2 && (kind == "halves" || kind == "pairs")) return {idle};
    std::ranges::transform(places_on(hosts), std::back_inserter(groups), rule->second);
  } else {
    throw Error("form groups", "'" + kind + "' is none of: " + names_of_rules());
  }
  if (is_joint(kind) && kind != "world") make_loners_idle(groups);
  return groups;
}

int largest_group(const Partition& groups) {
  std::map<int, int> sizes;
  int largest = 0;
  for (const int group : groups) {
    if (group != idle) largest = std::max(largest, ++sizes[group]);
  }
  return largest;
}

bool is_joint(const std::string& kind) { return kind != "all" && kind != "one"; }

bool Groups::wants_connection(const std::string& kind, const Member& member) const {
  return is_joint(kind) && job_.size() > 1 && member.world && !member.communicator;
}

Member& Groups::at(const std::string& kind) {
  // Whoever could not connect once would make the others wait again.
  if (const auto why = refused_.find(kind); why != refused_.end()) {
    throw Error("connect the ranks of '" + kind + "'", "failed before: " + why->second);
  }
  auto found = members_.find(kind);
  if (found == members_.end()) {
    Member member;
    const int group = partition(kind, hosts_)[static_cast<std::size_t>(job_.rank())];
    const auto pair = chosen_pair(kind);  // "3-1": rank 3 stands first, and sends
    member.world = job_.split(group, pair && job_.rank() == pair->first ? -1 : job_.rank());
    found = members_.emplace(kind, std::move(member)).first;
    if (is_joint(kind) && job_.size() > 1) connections_.push_back({kind, std::nullopt});
  }
  if (wants_connection(kind, found->second)) connect(kind, found->second);
  return found->second;
}

// The first barrier included: many libraries connect when they first have something to say.
void Groups::connect(const std::string& kind, Member& member) {
  const Seconds start = job_.now();
  try {
    member.communicator = open_(*member.world);
    connected_by_ = member.communicator->name();
    member.communicator->synchronize();
  } catch (const Forsaken&) {
    throw;
  } catch (const std::exception& e) {
    refused_[kind] = e.what();
    throw;
  }
  Connection& connection = *std::ranges::find(connections_, kind, &Connection::group);
  if (!connection.time) connection.time = job_.now() - start;
}

void Groups::give_up_connections() {
  for (auto& [kind, member] : members_) {
    if (!member.communicator || !member.communicator->survives_abort()) continue;
    member.communicator->abort();
    member.communicator.reset();
  }
}

}  // namespace shortfall
