// The System of a training run that says on what it runs.
#pragma once

#include <string>

#include "model/system/system.hpp"
#include "model/training/training_run.hpp"
#include "topology/datasheets/datasheets.hpp"

namespace shortfall {

// By literature, with the links, power limit and memory that the run tells. Of several kinds of
// devices it is that of the slowest one. Adds what it had to assume to `run.assumed`. Throws
// BadUsage, beginning with `where`, if no datasheet is known.
SystemModel system_of(TrainingRun& run, const Datasheets& sheets, const std::string& where);

}  // namespace shortfall
