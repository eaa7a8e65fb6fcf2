// The shortfall of a run: predicted from the operations that it measured, one by one, and held
// against the step that it executed.
#pragma once

#include <optional>
#include <vector>

#include "model/system/system.hpp"
#include "model/training/training_run.hpp"
#include "report/report.hpp"
#include "topology/datasheets/datasheets.hpp"

namespace shortfall {

// What is executed.
struct FittedStep {
  FittedWorkload workload;
  TrainingRun run;                  // as executed
  std::optional<TrainingRun> told;  // at its own size; nothing: it is not asked about
};

// From operations alone, before the step is executed or in turn with it: never from the time of an
// execution.
struct PredictedStep {
  FittedStep fitted;                    // with what the system makes of it in `run.assumed`
  SystemModel system;                   // of the ranks, as measured so far
  Seconds step;                         // of `fitted.run`
  std::optional<SystemModel> at_scale;  // of `fitted.told`
  std::vector<StepPartTime> parts;      // predicted alone: filled by who lowers the run
  std::optional<DecodedToken> decode;   // the same
};

// From the operations that were measured: as they were in turn with `step`, where they were.
// `parts` and `decode` stay empty. What nobody knows is rough, and cases with times that cannot be
// are left out: it refuses nothing.
PredictedStep predicted_on(const Report& report, FittedStep fitted, const Datasheets& sheets,
                           std::string_view step = "training_step");

// `report` has the executed steps (training_step, decode_step), if they were: those that gave wrong
// data do not count. Shares of the waterfall add up to 10^12.
Shortfall shortfall_of(const Report& report, const PredictedStep& predicted);

}  // namespace shortfall
