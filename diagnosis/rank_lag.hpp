// How far behind the typical rank each rank is in what all of them compute at the same time.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "diagnosis/measured_cases.hpp"

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
  double after_step = 0, in_layers = 0;  // over the typical rank, less one: see Meeting
};

// Nothing where no step was executed, or by one rank.
std::optional<SlowInTurns> slow_in_turns(const std::vector<MeasuredCase>& cases);

struct RankLag {
  // By rank of the job, its time over the typical rank's: the median over products, each by its
  // weight; 0 = took no part. Empty where ranks are not told one by one.
  std::vector<double> over_typical;
  // What ranks that wait for one another take over ranks that are all as the typical one, less one.
  double slowest = 0;
  std::int64_t ranks = 0;  // side by side
  std::string source = "slowest rank: not measured";
};

// When ranks wait for one another: at the end of a step, where chance evens out what they differ by
// from operation to operation, or in every layer, where it does not.
enum class Meeting { after_step, in_layers };

// Products and passes of a training step, as often as it does them (a figure "times_in_step");
// without such, all products.
RankLag rank_lag(const std::vector<MeasuredCase>& cases, Meeting meeting = Meeting::after_step);

// Products in which all ranks took part at the same time: those of a training step, if there are
// any.
std::vector<SideBySide> products_side_by_side(const std::vector<MeasuredCase>& cases);

// By rank, as RankLag has it, of any cases.
std::vector<double> over_typical(const std::vector<SideBySide>& cases);

}  // namespace shortfall
