// The few Operations on which a prediction depends: what is worth measuring first.
#pragma once

#include <vector>

#include "core/operation.hpp"
#include "model/system/system.hpp"
#include "model/training/step.hpp"

namespace shortfall {

struct MeasurementRequest {
  Operation operation;
  RankAxis axis = RankAxis::none;
  std::int64_t group = 1;  // ranks
  Precision precision = Precision::bf16;
  double weight = 0;  // d ln(step time) / d ln(time of this operation)
};

// Those of more than `least` weight, the heaviest first. Together they weigh no more than 1.
std::vector<MeasurementRequest> requests(const TrainingRun& run, const SystemModel& system,
                                         double least = 0.01);

}  // namespace shortfall
