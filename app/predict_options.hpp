// The command line of `shortfall predict`.
#pragma once

#include "app/predict.hpp"

namespace CLI {
class App;
}

namespace shortfall {

struct PredictTexts {
  std::string calibrate = "none";
};

// A command that fills both when it is parsed.
CLI::App& add_predict(CLI::App& app, PredictOptions& options, PredictTexts& texts);

// Throws BadUsage.
PredictOptions checked(PredictOptions options, const PredictTexts& texts);

}  // namespace shortfall
