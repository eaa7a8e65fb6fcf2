#include "backends/mpi/accelerators.hpp"

#include <dlfcn.h>
#include <mpi.h>

#include <algorithm>

namespace shortfall::mpi {
namespace {

bool is_started() {
  int is_initialized = 0, is_finalized = 0;
  PMPI_Initialized(&is_initialized);
  PMPI_Finalized(&is_finalized);
  return is_initialized != 0 && is_finalized == 0;
}

template <class Function>
Function* extension(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_DEFAULT, name));
}

// Looked up by name: a build with one MPI may run with another one of its ABI.
bool takes_cuda() {
  if (!is_started()) return false;
  if (auto* const ask = extension<int()>("MPIX_Query_cuda_support")) return ask() != 0;
  if (auto* const ask = extension<int(int, int*)>("MPIX_GPU_query_support")) {
    constexpr int cuda = 0;  // MPIX_GPU_SUPPORT_CUDA
    int is_supported = 0;
    return ask(cuda, &is_supported) == MPI_SUCCESS && is_supported != 0;
  }
  return false;
}

}  // namespace

std::vector<MemoryKind> memory_taken() {
  std::vector<MemoryKind> kinds{MemoryKind::host};
  if (takes_cuda()) kinds.push_back(MemoryKind::cuda);
  return kinds;
}

bool takes(MemoryKind kind) { return std::ranges::count(memory_taken(), kind) > 0; }

}  // namespace shortfall::mpi
