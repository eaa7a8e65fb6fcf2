// Who works with whom in which round, by the circle method: one stands still, and the others walk
// around it. Over all rounds everybody meets everybody else once.
#pragma once

#include <utility>
#include <vector>

#include "core/round_words.hpp"
#include "harness/groups.hpp"

namespace shortfall {

// One less than there are of an even number, as many as there are of an odd one; 0 of fewer than 2.
int rounds_of(int count);

// Of the numbers from 0 to `count`: the lower one first. Of an odd number one has no partner. Empty
// in a round, counted from 1, that there is not.
std::vector<std::pair<int, int>> matches_of_round(int round, int count);

// How many have to be matched: the hosts of a job, or the ranks of the only one.
int matched_in(const HostOfRank& hosts);

// Over several hosts the hosts are matched, and all ranks of two of them work at the same time:
// with the same number on the other host, or with one `cross` places further, around the ranks of
// the host that has fewer. The odd ones of the other host are idle. On the only host its ranks are
// matched, and none across.
Partition partition_of_round(const RoundWord& word, const HostOfRank& hosts);

}  // namespace shortfall
