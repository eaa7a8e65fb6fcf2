// What faulty_mpi.cpp does to the results of an MPI call.
#pragma once

#include <mpi.h>

#include <cstddef>
#include <string_view>

namespace shortfall::faults {

struct Exchange {  // one call on one rank
  std::string_view name;
  const void* sent;   // nullptr where this rank sends nothing, or in place
  void* received;     // nullptr where this rank receives nothing
  std::size_t count;  // of elements received
  MPI_Datatype type;
  MPI_Comm ranks;
};

// Nothing if no fault is wanted for this kind of call. Hangs here if that is the fault.
bool is_wanted(std::string_view call, MPI_Comm ranks);

// What the caller is told: does to the right result what the fault wants.
int harmed(const Exchange& exchange);

}  // namespace shortfall::faults
