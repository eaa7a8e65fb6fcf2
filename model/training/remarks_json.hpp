// What a row tells in words for people: measured times, software, limits of its devices.
#pragma once

#include "model/training/section_json.hpp"
#include "model/training/training_run.hpp"

namespace shortfall {

void read_remarks(const RunSection& row, TrainingRun& run);

// After precision, recomputation and fabric.
void read_software(const RunSection& row, TrainingRun& run, Untold& untold);

}  // namespace shortfall
