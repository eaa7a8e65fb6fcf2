// What this host is: read from the kernel's files, once, before anything is measured.
#pragma once

#include "topology/machine.hpp"
#include "topology/root.hpp"

namespace shortfall {

// Never throws for what a file does not say: unknown figures stay zero or empty. `ranks` is left 0,
// for the caller knows how many it has started here.
Host survey_host(const Root& root = {});

}  // namespace shortfall
