// The largest run that fits into memory and time.
#pragma once

#include "model/proxy/fit.hpp"

namespace shortfall {

// Scales `run` down and says in `changes` what was changed and why.
void make_it_fit(TrainingRun& run, const Room& room, const SystemModel& system,
                 std::vector<std::string>& changes);

}  // namespace shortfall
