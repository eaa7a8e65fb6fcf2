// What a collective costs by each algorithm, from the latency and bandwidth of a link: the
// alpha-beta-gamma forms. docs/collective_costs.md has them as a table.
#pragma once

#include <limits>
#include <optional>
#include <string_view>
#include <vector>

#include "core/operation/collective.hpp"

namespace shortfall {

inline constexpr Bandwidth unlimited{std::numeric_limits<double>::infinity()};

// One rank's link, in each of its two directions at the same time.
struct LinkCost {
  Seconds latency;                  // of one message (alpha)
  Bandwidth bandwidth;              // 1 / beta
  Bandwidth reduction = unlimited;  // bytes reduced per second (1 / gamma); unlimited: for free
};

enum class CollectiveAlgorithm {
  ring,                // from neighbour to neighbour, in a pipeline
  recursive_doubling,  // exchange with ranks 1, 2, 4, ... away; of a reduce-scatter: halving
  rabenseifner,        // reduce-scatter by halving, then gather by doubling
  bruck,               // 1, 2, 4, ... away, any number of ranks
  binomial_tree,
  scatter_all_gather,  // van de Geijn's broadcast
  double_binary_tree,  // two trees, each of which carries half, in a pipeline
  aggregated_trees,    // NCCL's PAT
  pairwise,            // every message straight from its source to its destination
  in_switch            // switches add up and multiply messages: NVLS, SHARP
};

std::string_view name_of(CollectiveAlgorithm algorithm);

// time = messages * alpha + fixed + bytes * (wire * beta + reduced * gamma), of the busiest rank.
struct CostTerms {
  double messages = 0;  // one after the other
  double wire = 0;      // of the bytes of the collective, what passes a link in one direction
  double reduced = 0;
  Seconds fixed{};
};

// Nothing if the algorithm does no such collective. Throws BadUsage unless there are ranks.
std::optional<CostTerms> cost_terms(Collective::Kind kind, CollectiveAlgorithm algorithm,
                                    int ranks);

std::vector<CollectiveAlgorithm> algorithms_for(Collective::Kind kind);

// Throws BadUsage, which says what could have been asked for.
[[noreturn]] void refuse_algorithm(Collective::Kind kind, CollectiveAlgorithm algorithm);

// Bytes as in Collective::bytes: nccl-tests' size. A single rank takes no time. All blocks of an
// all_to_allv count as alike. Throws BadUsage if the algorithm does no such collective, naming
// those that do, and on impossible numbers.
Seconds collective_time(Collective::Kind kind, CollectiveAlgorithm algorithm, Bytes bytes,
                        int ranks, const LinkCost& link);

struct PricedAlgorithm {
  CollectiveAlgorithm algorithm;
  Seconds time;
};

// The algorithm that a perfect library would choose where switches do not help.
PricedAlgorithm fastest_algorithm(Collective::Kind kind, Bytes bytes, int ranks,
                                  const LinkCost& link);

// All-reduce up and down one binary tree in chunks: (2 lg p + bytes / chunk - 1) steps of one
// chunk, each to two children. Chunks are at most all bytes. Throws BadUsage on impossible numbers.
Seconds chunked_tree_all_reduce(Bytes bytes, Bytes chunk, int ranks, const LinkCost& link);

}  // namespace shortfall
