// The shortfall of made-up ranks, and of steps that they executed.
#pragma once

#include <algorithm>
#include <stdexcept>
#include <string>

#include "diagnosis/shortfall.hpp"
#include "tests/unit/report_of_steps.hpp"

namespace shortfall {

inline PredictedStep predicted(const Report& report, const TrainingRun& run) {
  return predicted_on(report, {.workload = {.name = "small"}, .run = run, .told = {}}, built_in());
}

inline Shortfall shortfall_on(const Report& report, const TrainingRun& run) {
  return shortfall_of(report, predicted(report, run));
}

inline const ShortfallRow& row_of(const Shortfall& all, const std::string& id) {
  const auto found = std::ranges::find(all.waterfall, id, &ShortfallRow::id);
  if (found == all.waterfall.end()) throw std::runtime_error("no row " + id);
  return *found;
}

inline Measured& execute(ReportOfSteps& made_up, const std::string& benchmark, Seconds time) {
  return made_up.add(benchmark, Suite::workload, {{"workload", "small"}, {"group", "world"}}, time,
                     {});
}

}  // namespace shortfall
