// What single Steps cost.
#pragma once

#include "model/step_time/costs.hpp"

namespace shortfall {

// Adds what `step` costs, done so many times, to what its pass costs.
void add(PassCost& pass, const Step& step, double times, const TrainingRun& run,
         const SystemModel& system);

// Of a Collective or Transfer, as many times as it is done in a training step.
Seconds exchange_time(const Step& step, const TrainingRun& run, const SystemModel& system);

}  // namespace shortfall
