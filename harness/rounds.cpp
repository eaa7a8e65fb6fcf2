#include "harness/rounds.hpp"

#include <algorithm>

namespace shortfall {
namespace {

constexpr int idle = -1;

using RanksOfHost = std::vector<std::vector<int>>;

RanksOfHost ranks_by_host(const HostOfRank& hosts) {
  RanksOfHost all;
  for (std::size_t rank = 0; rank < hosts.size(); ++rank) {
    const auto host = static_cast<std::size_t>(hosts[rank]);
    if (all.size() <= host) all.resize(host + 1);
    all[host].push_back(static_cast<int>(rank));
  }
  return all;
}

// A group is named by its lower rank.
void pair_up(Partition& groups, int one, int other) {
  for (const int rank : {one, other}) groups[static_cast<std::size_t>(rank)] = std::min(one, other);
}

void join_hosts(Partition& groups, const std::vector<int>& one, const std::vector<int>& other,
                int cross) {
  const std::size_t most = std::min(one.size(), other.size());
  const auto further = static_cast<std::size_t>(cross);
  if (further > 0 && further >= most) return;
  for (std::size_t i = 0; i < most; ++i) pair_up(groups, one[i], other[(i + further) % most]);
}

}  // namespace

int rounds_of(int count) { return count < 2 ? 0 : count - 1 + count % 2; }

std::vector<std::pair<int, int>> matches_of_round(int round, int count) {
  const int rounds = rounds_of(count);
  if (round < 1 || round > rounds) return {};
  // The last number stands still; of an odd count nobody has it.
  const auto partner_of = [&](int one) {
    const int opposite = (2 * (round - 1) + rounds - one) % rounds;
    return opposite == one ? rounds : opposite;
  };
  std::vector<std::pair<int, int>> matches;
  for (int one = 0; one < rounds; ++one) {
    const int other = partner_of(one);
    if (one < other && other < count) matches.emplace_back(one, other);
  }
  return matches;
}

int matched_in(const HostOfRank& hosts) {
  const auto by_host = static_cast<int>(ranks_by_host(hosts).size());
  return by_host > 1 ? by_host : static_cast<int>(hosts.size());
}

Partition partition_of_round(const RoundWord& word, const HostOfRank& hosts) {
  Partition groups(hosts.size(), idle);
  const RanksOfHost by_host = ranks_by_host(hosts);
  const bool is_one_host = by_host.size() < 2;
  if (is_one_host && word.cross > 0) return groups;
  for (const auto& [one, other] : matches_of_round(word.number, matched_in(hosts))) {
    if (is_one_host) {
      pair_up(groups, one, other);
    } else {
      join_hosts(groups, by_host[static_cast<std::size_t>(one)],
                 by_host[static_cast<std::size_t>(other)], word.cross);
    }
  }
  return groups;
}

}  // namespace shortfall
