// A machine for people: hosts that differ in nothing but their name are told once.
#pragma once

#include <iosfwd>

#include "topology/machine.hpp"

namespace shortfall {

void write_machine(std::ostream& out, const Machine& machine);

}  // namespace shortfall
