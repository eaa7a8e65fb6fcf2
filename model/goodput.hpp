// What failures take from a long run: steps that are done again, checkpoints, restarts.
#pragma once

#include "core/units.hpp"
#include "model/training/training_run.hpp"

namespace shortfall {

struct Goodput {
  Seconds between_checkpoints;  // the best interval: Young 1974, sqrt(2 x checkpoint x between
                                // failures)
  double lost = 0;              // share of all time; 1 = a run that never ends
};

// Failures of all GPUs together come as one Poisson process. Of each interval a checkpoint is lost,
// of each failure half an interval and the restart; a spare host shortens a restart by the time in
// which a host is repaired. To first order (Daly 2006), for intervals short against failures.
Goodput goodput_of(const Reliability& reliability, std::int64_t gpus);

}  // namespace shortfall
