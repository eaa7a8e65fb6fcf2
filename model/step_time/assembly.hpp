// From the costs of parts to the time of a step, with more or less of what happens in reality.
#pragma once

#include "model/step_time/reality.hpp"

namespace shortfall {

// With all losses before `first_ideal`, which is between 0 and `losses`; what it and those behind
// it would take is ideal. 0: the arithmetic at the datasheet's peak.
Seconds step_time(const Costs& costs, const Reality& reality, int first_ideal);

}  // namespace shortfall
