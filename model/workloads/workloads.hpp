// Training runs that the program knows by name.
#pragma once

#include <string>
#include <vector>

#include "model/training/training_run.hpp"

namespace shortfall {

struct Workload {
  std::string name, summary;
};

std::vector<Workload> workloads();

// Throws BadUsage, with the names that are nearest, on an unknown one.
TrainingRun workload_named(const std::string& name);

}  // namespace shortfall
