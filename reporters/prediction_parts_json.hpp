// What every document says of a predicted step.
#pragma once

#include "core/json.hpp"
#include "model/prediction.hpp"

namespace shortfall {

Json json_of(const Mfu& mfu);

// Adds the keys waterfall, sum_check_ppt and elasticity.
void add_account(Json& document, const RunPrediction& prediction);

}  // namespace shortfall
