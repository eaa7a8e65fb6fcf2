// Whether this MPI takes addresses of GPU memory: a wrong guess would crash.
#pragma once

#include <vector>

#include "backends/device.hpp"

namespace shortfall::mpi {

// What it says itself, by the extensions of Open MPI and of MPICH; host memory alone before MPI is
// started, and where it says nothing.
std::vector<MemoryKind> memory_taken();
bool takes(MemoryKind kind);

}  // namespace shortfall::mpi
