// A measured machine in the place of a datasheet: what the model of training runs is asked of.
#pragma once

#include <string>
#include <vector>

#include "diagnosis/host_spread.hpp"
#include "model/what_if.hpp"
#include "report/report.hpp"
#include "topology/datasheets/datasheets.hpp"

namespace shortfall {

struct MeasuredSystem {
  SystemModel system;              // its `sources` tell of each figure where it was measured
  std::vector<HostLeftOut> hosts;  // empty where there is one alone, or ranks are not told
};

// One rank of the report stands for one device of the run. What the report does not hold is as
// published for the report's device, and named. Shares are of that device's peak, so that a peak
// that the run tells is dropped; that and the exchange of devices is added to `run.assumed`. Throws
// BadUsage, beginning with `source`, where neither report nor datasheet has a peak or memory, and
// on figures that cannot be.
MeasuredSystem system_of(const Report& report, TrainingRun& run, const Datasheets& sheets,
                         const std::string& source);

// "Without host X": one for each, the largest gain first, others of the same speed in its place.
// `run`: after system_of().
std::vector<WhatIf> without_hosts(const TrainingRun& run, const MeasuredSystem& measured);

}  // namespace shortfall
