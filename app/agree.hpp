// What rank 0 decides alone and all ranks must follow: text, or the refusal of what the user typed.
#pragma once

#include <functional>
#include <string>

#include "backends/world.hpp"

namespace shortfall {

// Calls `decide` on rank 0 and gives its text to all ranks. BadUsage and Error thrown there are
// thrown on all ranks.
std::string agree(World& job, const std::function<std::string()>& decide);

}  // namespace shortfall
