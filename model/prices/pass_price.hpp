// What passes over memory take: those of a fused kernel, or of a framework that does one operation
// after the other.
#pragma once

#include "core/operation/memory_pass.hpp"
#include "model/system/system.hpp"
#include "model/training/step.hpp"

namespace shortfall {

struct PassPrice {
  Seconds time;
  double kernels = 1;
};
PassPrice price_of(const MemoryPass& pass, StepPart part, const TrainingRun& run,
                   const SystemModel& system);

}  // namespace shortfall
