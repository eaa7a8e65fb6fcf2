// The best plans of a training run as one JSON document: docs/plan.md.
#pragma once

#include "reporters/plan_answer.hpp"

namespace shortfall {

std::string json_of(const PlanAnswer& answer);

}  // namespace shortfall
