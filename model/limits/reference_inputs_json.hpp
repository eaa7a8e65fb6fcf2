// What a reference file says about its inputs: the constants of the model, the GPUs.
#pragma once

#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "core/json.hpp"
#include "model/limits/frontier.hpp"
#include "model/limits/reference.hpp"

namespace shortfall {

struct ReferenceInputs {
  Assumptions assumed;
  std::map<std::string, Accelerator> gpus;
  std::map<std::tuple<std::string, Sparsity, BatchRule>, Frontier> sweeps;  // those done so far

  const Frontier& swept(const Scenario& scenario);
};

// What the file does not say is as published; each is added to `remarks`.
ReferenceInputs inputs_from(const Node& document, std::vector<std::string>& remarks);

// Throws BadUsage, naming the place and the nearest names, if there is none.
const Accelerator& gpu_from(const Node& name, const ReferenceInputs& inputs);

// Clock, rates and useful sizes follow from the other figures of a GPU.
void check_gpus(const Node& gpus, ReferenceInputs& inputs, SectionCheck& check);

}  // namespace shortfall
