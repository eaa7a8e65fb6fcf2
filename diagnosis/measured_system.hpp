// A measured machine in the place of a datasheet: what the model of training runs is asked of.
#pragma once

#include <string>

#include "model/answers.hpp"
#include "report/report.hpp"
#include "topology/datasheets/datasheets.hpp"

namespace shortfall {

// One rank of the report stands for one device of the run. What the report does not hold is as
// published for the report's device; `sources` of the system tell of each figure where it comes
// from. Shares are of that device's peak, so that a peak that the run tells is dropped. To
// `run.assumed` it adds that and the exchange of devices. Throws BadUsage, beginning with `source`,
// where neither report nor datasheet has a peak or memory, and on figures that cannot be.
SystemModel system_of(const Report& report, TrainingRun& run, const Datasheets& sheets,
                      const std::string& source);

// The same of the run that goes on: what neither it nor a datasheet knows is a rough figure that
// `sources` name, and not refused. Throws BadUsage on times that cannot be. Operations count as
// they were in turn with `step`, where they were.
SystemModel system_of_this_run(const Report& report, TrainingRun& run, const Datasheets& sheets,
                               std::string_view step = "training_step");

// For planning, before anything is measured: by datasheets, and by rough figures where these know
// nothing. Never refuses; `sources` name what is rough. Drops a peak that the run tells.
SystemModel expected_system(const Report& begun, TrainingRun& run, const Datasheets& sheets);

// The same as system_of() for many runs: those that ask for the same figures share them.
SystemFor by_report(Report report, Datasheets sheets, std::string source);

}  // namespace shortfall
