// How much time a run and its cases have.
#pragma once

#include <cstddef>
#include <optional>

#include "app/options.hpp"
#include "backends/world.hpp"
#include "harness/sampler.hpp"

namespace shortfall {

// Of all cases together; nothing = each has its own. Leaves room for preparing, filling and
// checking within a minute, or within five.
std::optional<Seconds> total_budget(const RunOptions& options);

// What is left of the whole run's budget is shared evenly; rank 0's clock decides. Collective.
Effort effort_of_case(const RunOptions& options, World& world, Seconds begun,
                      std::size_t cases_left);

}  // namespace shortfall
