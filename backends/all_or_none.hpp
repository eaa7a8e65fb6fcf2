// What ranks of a group prepare together: if one of them cannot, none of them goes on.
#pragma once

#include <functional>
#include <optional>

#include "backends/device.hpp"
#include "backends/world.hpp"

namespace shortfall {

// Collective: does `each` on every rank, then votes. Where all ranks could, nothing; else why not,
// with the rank that could not where others could.
// A rank whose own `each` has thrown throws the same again, unless it was for lack of memory, so
// that it is the one that is named.
std::optional<Unsupported> all_or_none(World& group,
                                       const std::function<std::optional<Unsupported>()>& each);

}  // namespace shortfall
