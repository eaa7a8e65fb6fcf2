// A training run in the form in which documents tell it: docs/training_runs.md.
#pragma once

#include "core/json.hpp"
#include "model/training/training_run.hpp"

namespace shortfall {

// Read again it is the same run, in all that a prediction asks for.
Json json_of(const TrainingRun& run);

}  // namespace shortfall
