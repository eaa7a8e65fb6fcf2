// A document with the training run that a plan is asked for.
#pragma once

#include <string>
#include <string_view>

#include "model/training/run_json.hpp"

namespace shortfall {

// Its GPUs and its split, which the plan finds, may be told or not, and are not looked at; only
// where it tells of clusters or several kinds of devices must they be in order. BadUsage for
// documents of several runs, and for a run of which too little is told.
RunRow run_to_plan_from(std::string_view text, const std::string& source);

}  // namespace shortfall
