// Links as they run under load: idle ones train down to save power, which is no fault.
#pragma once

#include "topology/host.hpp"
#include "topology/root.hpp"

namespace shortfall {

// To be called when devices have just worked. Reads the links of all GPUs and adapters again and
// keeps in slot.loaded the fastest that was ever seen of each. Takes well below a millisecond.
void note_links(Host& host, const Root& root = {});

}  // namespace shortfall
