// Which of Open MPI's ways to move data are in use, and which it was told to use.
#pragma once

#include <istream>

#include "backends/device.hpp"

namespace shortfall::mpi {

// {"pml", "ob1"}, {"btl", "self, tcp, vader"}: of the components that are loaded into this process;
// others are unloaded when the choice is made. {"pml_asked", "^ucx"}: what a file or the
// environment restricts the choice to. Nothing where these cannot be told (another MPI, or a build
// without loadable components).
Details transports_in_use();

// The first two from the text of /proc/self/maps.
Details transports_in(std::istream& maps);

}  // namespace shortfall::mpi
