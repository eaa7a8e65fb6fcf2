// What was asked of a plan, and what was found.
#pragma once

#include <string>
#include <vector>

#include "model/plan/search.hpp"

namespace shortfall {

struct PlanAnswer {
  std::string model;  // as it was asked for
  TrainingRun run;    // its split does not count
  SystemModel system;
  PlanSearch search;
  std::vector<std::string> assumed;  // "precision = bf16"
};

// Of a step of `run` that takes so long.
inline double tokens_per_second(const TrainingRun& run, Seconds step) {
  return static_cast<double>(run.batch) * static_cast<double>(run.seq_len) / step.value;
}

}  // namespace shortfall
