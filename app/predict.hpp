// `shortfall predict`: how long steps of training runs take, and where their time goes.
#pragma once

#include <string>

#include "model/calibration.hpp"

namespace shortfall {

struct PredictOptions {
  std::string runs;  // a file, or a workload by name
  std::string system = "literature";
  std::string datasheet;  // FILE of datasheets that stand before the built-in ones; empty = none
  Calibration calibration = Calibration::none;
  bool keeps_going = false;  // answers the other rows where some can be no run
  bool in_detail = false, shows_all = false, json = false;
};

// The exit status.
int predict(const PredictOptions& options);

}  // namespace shortfall
