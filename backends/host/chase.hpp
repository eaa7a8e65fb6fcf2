// A chase along the links of a random cycle through memory.
#pragma once

#include <span>

#include "backends/device.hpp"

namespace shortfall {

struct alignas(Chase::line) ChaseLine {
  const ChaseLine* next;
  std::size_t place;  // along the cycle
};

// Links all lines to one cycle in an order that looks like chance; lines[0] is at its start.
void link_randomly(std::span<ChaseLine> lines);

// Goes once round, as the chase will, so that the caches are in its steady state, too. Throws Error
// unless every line is visited exactly once.
void check_cycle(std::span<const ChaseLine> lines);

Preparation prepare_chase(const Chase& chase, Operands& on);

}  // namespace shortfall
