#include "app/predict_options.hpp"

#include <CLI/CLI.hpp>

#include "app/system_options.hpp"
#include "core/error.hpp"

namespace shortfall {
namespace {

constexpr const char* examples = R"(
  shortfall predict llama3-405b                  a workload of 'shortfall list'
  shortfall predict runs.json                    training runs, and how far off where measured
  shortfall predict runs.json --calibrate per-source    one factor for each software stack
  shortfall predict runs.json --json --what-if   all that is known of each, for programs

How long a step of each training run takes, its MFU by every convention, and where each
lost FLOP goes. The form of RUNS is in docs/training_runs.md, the answer in docs/predict.md.)";

constexpr const char* exit_status =
    "\nExit status: 0 all rows answered or known too little of, 64 a row can be no run.";

}  // namespace

CLI::App& add_predict(CLI::App& app, PredictOptions& o, PredictTexts& t) {
  CLI::App& predict =
      *app.add_subcommand("predict", "how long steps of training runs take, and why");
  predict.description(examples);
  predict.footer(exit_status);
  predict.add_option("RUNS", o.runs, "FILE of training runs, or the name of a workload")
      ->required();
  add_system_options(predict, o.system, o.datasheet);
  predict.add_option("--calibrate", t.calibrate,
                     "none; per-source: by every third measured row, judged on the others  [none]");
  predict.add_flag("--keep-going", o.keeps_going, "answer the other rows if some can be no run");
  predict.add_flag("--what-if", o.in_detail, "for each of several rows what one row gets anyway");
  predict.add_flag("--all", o.shows_all, "a line for every row of long documents, too");
  predict.add_flag("--json", o.json, "one JSON document");
  return predict;
}

PredictOptions checked(PredictOptions options, const PredictTexts& texts) {
  if (texts.calibrate != "none" && texts.calibrate != "per-source") {
    throw BadUsage("--calibrate=" + texts.calibrate + ": must be none or per-source");
  }
  if (texts.calibrate == "per-source") options.calibration = Calibration::per_source;
  return options;
}

}  // namespace shortfall
