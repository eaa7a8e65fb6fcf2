// Which rank's result was wrong, as all ranks know it.
#pragma once

#include <optional>

#include "backends/world.hpp"
#include "harness/result.hpp"

namespace shortfall {

// Collective: the wrong element of the lowest rank that has one; nothing if none has.
std::optional<WrongData> first_wrong(World& job, const std::optional<Mismatch>& mine);

}  // namespace shortfall
