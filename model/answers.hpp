// The rows of a document of training runs, each with its prediction or with why there is none.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "model/calibration.hpp"
#include "model/goodput.hpp"
#include "model/prediction.hpp"
#include "model/requests.hpp"
#include "model/training/run_json.hpp"
#include "model/what_if.hpp"
#include "topology/datasheets/datasheets.hpp"

namespace shortfall {

// On what a run is predicted. Adds to `run.assumed` what it assumes; throws BadUsage, beginning
// with `where`, if it knows no system for the run.
using SystemFor = std::function<SystemModel(TrainingRun& run, const std::string& where)>;

// By datasheets and published efficiencies.
SystemFor by_literature(Datasheets sheets);

// By datasheets alone, as if all were attained that they promise.
SystemFor by_promises(Datasheets sheets);

enum class Detail {
  none,
  of_each  // what would be faster, and what the prediction depends on
};

struct RunDetail {
  std::string model, system;
  std::vector<std::string> sources;  // of a measured system's figures
  std::vector<WhatIf> what_if;
  std::vector<MeasurementRequest> requests;
};

struct RunAnswer {
  std::string id, source;  // source: its key
  std::string why_not;     // "" = there is a prediction
  bool is_faulty = false;  // what stands there can be no run; else too little stands there

  RunPrediction prediction;
  std::int64_t gpus = 0;
  std::optional<Seconds> measured;
  std::optional<Goodput> goodput;  // of runs that tell their reliability
  std::optional<RunDetail> detail;
  std::vector<std::string> assumed;       // "micro_batch = 1"
  std::vector<std::string> extrapolated;  // what it asks of a measured system beyond its figures

  bool is_predicted() const { return why_not.empty(); }
  std::optional<double> error() const;  // of a prediction whose run was measured
};

struct Answers {
  std::vector<RunAnswer> runs;        // one for each row, in order
  std::vector<SourceErrors> sources;  // of all that were predicted
};

Answers answers_to(const std::vector<RunRow>& rows, const SystemFor& system_for,
                   Calibration calibration, Detail detail = Detail::none);

// Where the figures come from on which a row of a waterfall rests: "datasheet"; "published", or
// "measured" if the system is; "schedule" (nothing but how the run is split), "run" (told by it),
// "calibration" (its source's other rows) or "residual".
std::string_view origin_of(std::string_view waterfall_row, bool is_on_measured = false);

}  // namespace shortfall
