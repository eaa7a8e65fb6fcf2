// How the time of a collective grows with its group: the steps and bytes of an algorithm, with
// constants that are fitted to measured groups.
#pragma once

#include <span>

#include "model/collectives/algorithms.hpp"
#include "model/collectives/line_fit.hpp"

namespace shortfall {

// What an algorithm asks of a group.
struct GroupShape {
  double ranks = 1, messages = 0, wire = 0;  // as in CostTerms
};

// Throws BadUsage if the algorithm does no such collective.
GroupShape group_shape(Collective::Kind kind, CollectiveAlgorithm algorithm, int ranks);

// time = start + messages * per_message + wire * bytes / bandwidth(ranks), where
// bandwidth(ranks) = limit * (1 - lost_share / ranks): busses of small groups are slower (or, where
// it is negative, faster) than those of large ones.
struct ScalingLaw {
  CollectiveAlgorithm algorithm{};
  Seconds start{}, per_message{};
  double seconds_per_byte = 0;  // 1 / limit
  double lost_share = 0;
  double error = 0;  // root mean square of log time around it, outliers counted less

  // For one group.
  CostLine in(const GroupShape& group) const {
    return {start + per_message * group.messages,
            group.wire * seconds_per_byte / (1 - lost_share / group.ranks)};
  }
};

struct GroupSample {
  int ranks;
  Bytes bytes;
  Seconds time;
};

// Of least loss. One group alone cannot tell a start from messages: all latency then counts as
// messages, which grows fastest, and bandwidth as constant. Throws BadUsage if the algorithm does
// no such collective. Samples: at least one, of positive times and at least two ranks.
ScalingLaw fit_law(Collective::Kind kind, CollectiveAlgorithm algorithm,
                   std::span<const GroupSample> samples);

// The law by `usual`, unless another algorithm's leaves less than half of its squared error:
// small groups alone hardly tell rings from trees.
ScalingLaw likely_law(Collective::Kind kind, CollectiveAlgorithm usual,
                      std::span<const GroupSample> samples);

// By which large messages are usually sent: rings, or whatever comes nearest.
CollectiveAlgorithm usual_algorithm(Collective::Kind kind);

}  // namespace shortfall
