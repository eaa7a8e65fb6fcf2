// What a collective costs on nodes of several ranks each: part of it inside the nodes, part between
// them.
#pragma once

#include <optional>

#include "model/collectives/algorithms.hpp"

namespace shortfall {

// The same number of ranks on each node; every rank has a link to its counterparts on other nodes,
// its rail.
struct TwoLevelGroup {
  LinkCost inside, between;
  int ranks_per_node = 1, nodes = 1;
  Bandwidth copy = unlimited;  // at which an all-to-all rearranges what it relays
};

struct TwoLevelAlgorithms {
  CollectiveAlgorithm inside, between;
};

// all_reduce: reduce-scatter inside, all-reduce of a shard along each rail, all-gather inside.
// all_gather: along the rails, then inside; reduce_scatter: the other way round.
// all_to_all(v): inside to the rail of the receiver, a copy, along the rails.
// Without a choice rings, or pairwise exchange. Throws BadUsage on other collectives, on algorithms
// that cannot do their part, and on impossible numbers.
Seconds two_level_time(Collective::Kind kind, Bytes bytes, const TwoLevelGroup& group,
                       std::optional<TwoLevelAlgorithms> choice = {});

}  // namespace shortfall
