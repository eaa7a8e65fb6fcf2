// Whether this MPI takes addresses of GPU memory: a wrong guess would crash.
#pragma once

#include <vector>

#include "backends/device.hpp"

namespace shortfall::mpi {

// What it says itself, by the extensions of Open MPI and of MPICH; host memory alone before MPI is
// started, and where it says nothing.
std::vector<MemoryKind> memory_taken();
bool takes(MemoryKind kind);

// The same work, begun when all is done that was enqueued before: MPI knows nothing of streams.
std::unique_ptr<Prepared> after_stream(std::unique_ptr<Prepared> work);

}  // namespace shortfall::mpi
