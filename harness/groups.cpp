#include "harness/groups.hpp"

#include <algorithm>

#include "core/error.hpp"
#include "core/text.hpp"
#include "harness/rounds.hpp"

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
  return names +
         "A-B (two ranks), within_host_A-B, round_K[_cross_J][_back], [first_]blocks_of_N, "
         "[first_]every_N";
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

Partition pair_of_each_host(const std::pair<int, int>& ranks, const HostOfRank& hosts) {
  Partition groups;
  for (const Place& p : places_on(hosts)) {
    const bool is_chosen = p.on_host == ranks.first || p.on_host == ranks.second;
    groups.push_back(is_chosen ? p.host : idle);
  }
  return groups;
}

// By rank: the order in which ranks stand in their group. One may stand first though its number is
// higher: "3-1" begins with rank 3.
std::vector<int> orders_of(const std::string& kind, const HostOfRank& hosts) {
  const auto round = round_from(kind);
  const auto pair = chosen_pair(kind), on_host = host_pair_from(kind);
  std::vector<int> orders;
  for (const Place& p : places_on(hosts)) {
    const bool is_first =
        (pair && p.rank == pair->first) || (on_host && p.on_host == on_host->first);
    orders.push_back(round && round->is_back ? -p.rank : is_first ? -1 : p.rank);
  }
  return orders;
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

int most_on_a_host(const HostOfRank& hosts) {
  int most = 0;
  for (const Place& place : places_on(hosts)) most = std::max(most, place.on_host + 1);
  return most;
}

Partition partition(const std::string& kind, const HostOfRank& hosts) {
  Partition groups;
  const auto rule = rules().find(kind);
  if (const auto pair = chosen_pair(kind)) {
    groups = pair_of(*pair, hosts.size());
  } else if (const auto on_host = host_pair_from(kind)) {
    groups = pair_of_each_host(*on_host, hosts);
  } else if (const auto round = round_from(kind)) {
    groups = partition_of_round(*round, hosts);
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

std::vector<std::vector<int>> ranks_of_groups(const std::string& kind, const HostOfRank& hosts) {
  const Partition numbers = partition(kind, hosts);
  const std::vector<int> orders = orders_of(kind, hosts);
  std::map<int, std::vector<int>> groups;
  for (std::size_t rank = 0; rank < numbers.size(); ++rank) {
    if (numbers[rank] != idle) groups[numbers[rank]].push_back(static_cast<int>(rank));
  }
  std::vector<std::vector<int>> all;
  for (auto& [number, ranks] : groups) {
    std::ranges::sort(ranks, {}, [&](int rank) { return orders[static_cast<std::size_t>(rank)]; });
    all.push_back(std::move(ranks));
  }
  return all;
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

bool is_of_pairs(const std::string& kind) {
  return kind == "pairs" || kind == "next_pairs" || chosen_pair(kind) || host_pair_from(kind) ||
         round_from(kind);
}

Member& Groups::at(const std::string& kind) { return member_of(kind, Carrier::communicator); }

Member& Groups::at(const std::string& kind, const Operation& operation) {
  return member_of(kind, is_by_link(operation) ? carrier_of(operation) : Carrier::communicator);
}

const std::string& Groups::connected_by(Carrier carrier) const {
  static const std::string nobody;
  const auto found = connected_by_.find(carrier);
  return found != connected_by_.end() ? found->second : nobody;
}

Member& Groups::member_of(const std::string& kind, Carrier carrier) {
  const bool is_linked = carrier != Carrier::communicator;
  const bool is_connected = is_linked || (is_joint(kind) && connects_);
  auto found = members_.find({kind, carrier});
  if (found == members_.end()) {
    if (round_from(kind)) make_room_for_round(kind, carrier);
    found = members_.emplace(std::pair(kind, carrier), join(kind, carrier)).first;
    const bool is_first = std::ranges::count(connections_, kind, &Connection::group) == 0;
    if (is_connected && !is_linked && is_first) connections_.push_back({kind, std::nullopt});
  }
  Member& member = found->second;
  if (!is_connected || !member.world || member.communicator) return member;
  if (is_linked) {
    link(member, carrier);
  } else {
    connect(kind, member);
  }
  return member;
}

// There may be as many rounds as ranks, and each holds connections.
void Groups::make_room_for_round(const std::string& kind, Carrier carrier) {
  rounds_.emplace_back(kind, carrier);
  if (rounds_.size() <= most_rounds_kept) return;
  members_.erase(rounds_.front());
  rounds_.pop_front();
}

Partition Groups::who_takes_part(const std::string& kind, Carrier carrier) const {
  Partition groups = partition(kind, hosts_);
  const std::vector<int> absent = without(carrier);
  for (const int rank : absent) groups[static_cast<std::size_t>(rank)] = idle;
  if (!absent.empty() && is_joint(kind)) make_loners_idle(groups);
  return groups;
}

Member Groups::join(const std::string& kind, Carrier carrier) {
  const auto rank = static_cast<std::size_t>(job_.rank());
  Member member;
  member.world = job_.split(who_takes_part(kind, carrier)[rank], orders_of(kind, hosts_)[rank]);
  return member;
}

}  // namespace shortfall
