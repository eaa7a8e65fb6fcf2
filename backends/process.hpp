// This process and its host, as the system sees them.
#pragma once

#include <string>

#include "core/units.hpp"

namespace shortfall {

// Since exec(), loading of libraries included; to 10 ms. Zero where /proc does not say.
Seconds age_of_process();

std::string name_of_host();

// Of the running system, drawn when it started: hosts of one name differ in it. "" = not told.
std::string boot_id();

// Of a clock that only goes forward, shared by the processes of a host.
Seconds steady_now();

}  // namespace shortfall
