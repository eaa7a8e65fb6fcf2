// Where the time of a routine goes: executions that take a stamp after every step.
#pragma once

#include "harness/routine_trial.hpp"
#include "harness/runner.hpp"

namespace shortfall {

// Collective over the job. Of this rank, for one execution, the median of a few: "PHASE.PART_s",
// the time in the steps of this part; where ranks of a group work together, also
// "PHASE.PART.waiting_s", how much of it this rank waited for the last of its group to arrive. On a
// device with a clock of its own, nobody tells the latter.
std::vector<Figure> times_of_parts(RoutineTrial& trial, const Bench& bench, const Effort& effort);

}  // namespace shortfall
