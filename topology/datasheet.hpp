// What a rank's share of a host promises on paper.
#pragma once

#include "topology/machine.hpp"

namespace shortfall {

// Of `cores` cores of `host`. Without a nominal clock there is no peak; the bandwidth of its memory
// is not told by the machine, so it stays unknown.
Datasheet datasheet_of(const Host& host, int cores);

}  // namespace shortfall
