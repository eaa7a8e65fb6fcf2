// How large a job is, for words that stand for as many cases.
#pragma once

#include "backends/world.hpp"
#include "harness/expansion.hpp"
#include "topology/machine.hpp"

namespace shortfall {

JobExtent extent_of(const World& world, const Machine& machine);

}  // namespace shortfall
