// How doubles are told what to be and what to do wrong: "NAME=VALUE;rank1.NAME=VALUE;...", in a
// variable of the environment.
#pragma once

#include <functional>
#include <string>

namespace shortfall::double_ {

// Calls `take` for each entry of the variable that is meant for this process: of all ranks, or of
// its own in the job ("rank1." is left out then).
using TakeSetting = std::function<void(const std::string& name, const std::string& value)>;
void read_settings(const char* variable, const TakeSetting& take);

}  // namespace shortfall::double_
