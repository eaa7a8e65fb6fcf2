// This process, as the system sees it.
#pragma once

#include "core/units.hpp"

namespace shortfall {

// Since exec(), loading of libraries included; to 10 ms. Zero where /proc does not say.
Seconds age_of_process();

}  // namespace shortfall
