// The command line, checked as far as it can be without looking at the machine.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "app/compare.hpp"
#include "app/limits.hpp"
#include "app/plan.hpp"
#include "app/predict.hpp"
#include "app/survey.hpp"
#include "harness/plan.hpp"
#include "harness/sampler.hpp"

namespace shortfall {

struct RunOptions {
  Request request;
  std::string device, collectives, links;  // backends by name; empty = the best usable
  std::string workload;  // by name or file; empty = the usual one where everything is measured
  MachineFiles files;
  std::optional<int> samples;
  std::optional<Seconds> budget;  // of the whole run
  Seconds case_timeout{120};
  std::uint64_t seed = 1;
  std::vector<std::pair<std::string, std::string>> labels;
  std::string out;           // empty = shortfall-<UTC time>
  std::string resume;        // folder of an interrupted run; empty = a new one
  bool shares_gpus = false;  // ranks may have one between them: functional tests only
  bool is_dry_run = false, is_quiet = false, fails_on_warning = false;
};
struct ListOptions {
  bool json = false;
};
struct MachineOptions {
  bool json = false;
  std::string svg;  // file to write a picture of the first host into; empty = none
  MachineFiles files;
};
struct ReportOptions {
  std::string report, format = "table", output;  // empty output = standard output
};
struct Shown {  // --help or --version: text that was asked for
  std::string text;
};
using Command = std::variant<RunOptions, ListOptions, MachineOptions, ReportOptions, LimitsOptions,
                             PredictOptions, PlanOptions, CompareOptions, Shown>;

// Throws BadUsage.
Command parse(int argc, const char* const* argv);

// argv as one line that parse_line() takes apart again.
std::string command_line(int argc, const char* const* argv);
Command parse_line(const std::string& line);

}  // namespace shortfall
