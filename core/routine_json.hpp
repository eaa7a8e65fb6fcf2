// Routines as text: rank 0 plans one, all ranks execute it.
#pragma once

#include <string>

#include "core/routine.hpp"

namespace shortfall {

// Of products, attention, passes over memory, collectives and messages: what a Routine is made of.
// Throws BadUsage if there is something else among its operations.
std::string encode(const Routine& routine);

// Throws BadUsage, with the place, if `text` is no Routine.
Routine routine_from(const std::string& text);

// The same of equal routines alone.
std::string mark_of(const Routine& routine);

}  // namespace shortfall
