// A measured machine in the place of a GPU's datasheet: what the limits of training are asked of.
#pragma once

#include <string>
#include <vector>

#include "model/limits/accelerator.hpp"
#include "report/report.hpp"

namespace shortfall {

struct MeasuredFabric {
  Accelerator gpu;
  std::vector<std::string> sources;  // where each figure comes from, a sentence each
};

// One rank stands for one GPU. What the report does not hold stays as in `datasheet`, and is named.
MeasuredFabric measured_fabric(const Report& report, const Accelerator& datasheet);

}  // namespace shortfall
