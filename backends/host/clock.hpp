// The clock of a core, told by instructions that wait for one another.
#pragma once

#include <cstdint>

#include "backends/device.hpp"

namespace shortfall {

// Additions that wait for each other, a multiple of 64 of them. The addend is in a register:
// processors exist that do additions of small constants while renaming, several in a cycle.
std::uint64_t add_in_a_chain(std::int64_t steps, std::uint64_t addend);

Preparation prepare_clock(Operands& on);

}  // namespace shortfall
