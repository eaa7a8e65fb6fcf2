// The rows of a document of training runs, each with its prediction or with why there is none.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "model/calibration.hpp"
#include "model/prediction.hpp"
#include "model/training/run_json.hpp"
#include "topology/datasheets/datasheets.hpp"

namespace shortfall {

struct RunAnswer {
  std::string id, source;  // source: its key
  std::string why_not;     // "" = there is a prediction
  bool is_faulty = false;  // what stands there can be no run; else too little stands there

  RunPrediction prediction;
  std::int64_t gpus = 0;
  std::optional<Seconds> measured;
  std::vector<std::string> assumed;  // "micro_batch = 1"

  bool is_predicted() const { return why_not.empty(); }
};

struct Answers {
  std::vector<RunAnswer> runs;        // one for each row, in order
  std::vector<SourceErrors> sources;  // of all that were predicted
};

// On systems of published efficiencies.
Answers answers_to(const std::vector<RunRow>& rows, const Datasheets& sheets,
                   Calibration calibration);

}  // namespace shortfall
