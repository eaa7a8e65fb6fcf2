// One training run of a document: docs/training_runs.md.
#pragma once

#include "model/training/section_json.hpp"
#include "model/training/training_run.hpp"

namespace shortfall {

struct ReadRow {
  TrainingRun run;
  std::vector<std::string> missing;  // null, and without a default: there can be no prediction
};

// Throws BadUsage, naming the field, on anything that no run can be. `id` if the row has none.
ReadRow read_row(const Node& row, const std::string& id);

}  // namespace shortfall
