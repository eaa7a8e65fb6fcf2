// The best plans of a training run for people at a terminal.
#pragma once

#include <iosfwd>

#include "reporters/plan_answer.hpp"

namespace shortfall {

// A table of them, and where the time of the best one goes.
void write_plans(std::ostream& out, const PlanAnswer& answer);

}  // namespace shortfall
