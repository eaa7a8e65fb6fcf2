// How far behind the typical rank each rank is in what all of them compute at the same time.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "diagnosis/measured_cases.hpp"
#include "model/system/system.hpp"

namespace shortfall {

// Times of all ranks in one thing that they did side by side, and how much it counts.
struct SideBySide {
  const MeasuredCase* of;
  double weight = 1;
};

// Who takes most for all that is computed in a step, by the sums of every turn that was measured
// with its executions: interruptions that are seldom in one operation are in these.
struct SlowInTurns {
  int rank = 0;
  RankWaits waits;
};

// Nothing where that step ("training_step", "decode_step") was not executed, or by one rank.
std::optional<SlowInTurns> slow_in_turns(const std::vector<MeasuredCase>& cases,
                                         std::string_view step);

struct RankLag {
  // By rank of the job, its time over the typical rank's: the median over products, each by its
  // weight; 0 = took no part. Empty where ranks are not told one by one.
  std::vector<double> over_typical;
  RankWaits waits;
  std::optional<int> slow_rank;  // for whom they wait, where turns tell it
  std::int64_t ranks = 0;        // side by side
  std::string source = "slowest rank: not measured";
};

// By what was measured in turn with that step; else by products and passes of a training step, as
// often as it does them (a figure "times_in_step"); without such, by all products.
RankLag rank_lag(const std::vector<MeasuredCase>& cases, std::string_view step);

// Products in which all ranks took part at the same time: those of a training step, if there are
// any.
std::vector<SideBySide> products_side_by_side(const std::vector<MeasuredCase>& cases);

// By rank, as RankLag has it, of any cases.
std::vector<double> over_typical(const std::vector<SideBySide>& cases);

}  // namespace shortfall
