// What a fitted run takes, operation by operation: predicted before it is executed.
#pragma once

#include <string>
#include <vector>

#include "model/proxy/routine.hpp"
#include "model/system/system.hpp"

namespace shortfall {

struct PartPrice {
  std::string phase, part;  // as RoutineOperation has them
  Seconds time;             // of one step, of a rank that waits for nobody
};

// In the order of their first execution. Together, and with the wait for the slowest rank, they are
// predicted_step(), or more if something is hidden behind something else. If the host hands over
// work too late, the last one is "dispatch" of the phase "all".
std::vector<PartPrice> price_of(const StepRoutine& routine, const TrainingRun& run,
                                const SystemModel& system);

// Of one token of each sequence: the sum of parts, and the wait for the slowest rank.
Seconds decode_time(const StepRoutine& decode, const TrainingRun& run, const SystemModel& system);

// An operation that is worth measuring, once for all the parts that it is in.
struct RoutineRequest {
  Operation operation;
  std::string group;
  double weight;  // its share of the sum of parts: elasticity where nothing is hidden
};

// Those of more than `least` weight, the heaviest first.
std::vector<RoutineRequest> requests(const StepRoutine& routine, const TrainingRun& run,
                                     const SystemModel& system, double least = 0.01);

}  // namespace shortfall
