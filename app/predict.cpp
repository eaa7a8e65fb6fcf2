#include "app/predict.hpp"

#include <iostream>

#include "app/job.hpp"
#include "app/named_runs.hpp"
#include "app/systems.hpp"
#include "core/error.hpp"
#include "core/text.hpp"
#include "model/answers.hpp"
#include "report/json.hpp"
#include "reporters/prediction_json.hpp"
#include "reporters/prediction_text.hpp"

namespace shortfall {
namespace {

constexpr int pass = 0, bad_usage = 64;

std::vector<std::string> faults_in(const Answers& answers) {
  std::vector<std::string> faults;
  for (const RunAnswer& run : answers.runs) {
    if (run.is_faulty) faults.push_back(run.why_not);
  }
  return faults;
}

void refuse(const std::vector<std::string>& faults) {
  if (faults.size() == 1) throw BadUsage(faults.front());
  throw BadUsage(faults.front() + "\nand " +
                 counted(static_cast<std::int64_t>(faults.size()) - 1, "other row") +
                 " at fault: --keep-going names all, and answers the rest");
}

}  // namespace

int predict(const PredictOptions& options) {
  if (!speaks()) return pass;
  const SystemFor system = system_named(options.system, options.datasheet);
  const std::vector<RunRow> rows = runs_named(options.runs);
  const bool in_detail = options.in_detail || rows.size() == 1;
  const Answers answers =
      answers_to(rows, system, options.calibration, in_detail ? Detail::of_each : Detail::none);
  const std::vector<std::string> faults = faults_in(answers);
  if (!faults.empty() && !options.keeps_going) refuse(faults);
  for (const std::string& fault : faults) std::cerr << "shortfall: " << fault << '\n';
  if (options.json) {
    std::cout << json_of(answers);
  } else {
    write_predictions(std::cout, answers, options.shows_all ? Rows::all : Rows::worst);
  }
  return faults.empty() ? pass : bad_usage;
}

}  // namespace shortfall
