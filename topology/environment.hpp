// The few environment variables that a report may show.
#pragma once

#include "topology/host.hpp"

namespace shortfall {

// Of `entries` ("NAME=value" each, ended by nullptr, as `environ`), sorted by name: variables that
// tune MPI, NCCL, UCX, OpenMP and BLAS libraries or come from Slurm. Nothing else is ever returned,
// nor one of these whose name speaks of a secret.
Variables allowed_environment(const char* const* entries);

// Without what launchers tell ranks and hosts of themselves: what is left is what was set, and
// should be the same on every host.
Variables of_host(Variables variables);

}  // namespace shortfall
