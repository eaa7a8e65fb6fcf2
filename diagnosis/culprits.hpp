// Who is behind each loss of a waterfall: the rank, host or link that differs from the others.
#pragma once

#include <vector>

#include "diagnosis/measured_cases.hpp"
#include "model/prediction.hpp"

namespace shortfall {

// A step, and where it was measured what its parts take.
struct StepOnReport {
  const Report& report;
  const std::vector<MeasuredCase>& cases;  // of the report
  const TrainingRun& run;
  const SystemModel& system;
  Seconds step;  // measured, or else predicted
};

// Who takes this much more than the others is named.
inline constexpr double stands_out = 0.02;
inline constexpr double clock_stands_out = 0.01;

// Of rows that lose time, and of whom somebody stands out.
void name_culprits(std::vector<ShortfallRow>& rows, const StepOnReport& step);

// MFU (causal) of the step with so much less time.
double mfu_without(const StepOnReport& step, Seconds saved);

// The parts of name_culprits(). Each is told the row's time.

// Of `stragglers`: the slowest rank in products, or a whole host of them; where no rank is slow in
// these, the one that takes most for all that it computes in turn with the step, or the one for
// which the other one waits in it.
std::optional<Culprit> slow_rank(const StepOnReport& step, Seconds lost);

// Of `memory`: a host, or a node of memory of the only one.
std::optional<Culprit> slow_memory(const StepOnReport& step, Seconds lost);

// Of `clock`: a host, or a GPU. `computing`: what the model's arithmetic takes at this clock.
std::optional<Culprit> slow_clock(const StepOnReport& step, Seconds computing);

// Of exchanges: the slowest of the groups or pairs that do the same side by side; where all that
// join hosts are alike, these hosts.
std::optional<Culprit> slow_link(const StepOnReport& step, const ShortfallRow& row);

}  // namespace shortfall
