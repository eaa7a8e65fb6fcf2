// The few environment variables that a report may show.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace shortfall {

// Of `entries` ("NAME=value" each, ended by nullptr, as `environ`), sorted by name: variables that
// tune MPI, NCCL, UCX, OpenMP and BLAS libraries or come from Slurm. Nothing else is ever returned,
// nor one of these whose name speaks of a secret.
std::vector<std::pair<std::string, std::string>> allowed_environment(const char* const* entries);

}  // namespace shortfall
