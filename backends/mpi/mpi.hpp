// What the files of this folder share. The control plane calls PMPI_*, the data plane MPI_*: tools
// that wrap MPI (profilers, our tests' fault injector) see what is measured, and cannot disturb the
// votes about it.
#pragma once

#include <mpi.h>

#include <source_location>
#include <string>
#include <string_view>

#include "backends/communicator.hpp"
#include "backends/world.hpp"

namespace shortfall::mpi {

std::string library_version();  // may be asked before MPI is started
[[noreturn]] void fail(int status, std::string_view doing, std::source_location at);

inline void check(int status, std::string_view doing,
                  std::source_location at = std::source_location::current()) {
  if (status != MPI_SUCCESS) [[unlikely]]
    fail(status, doing, at);
}

// Of MPI_COMM_WORLD; ends MPI with it.
std::unique_ptr<World> make_world(Seconds joined_in);
MPI_Comm ranks_of(World& world);  // of a World of this folder
std::unique_ptr<Communicator> make_communicator(World& world);
bool adds_up(DType type);
Preparation prepare_collective(const Collective& collective, Operands& on, MPI_Comm ranks);
Preparation prepare_transfer(const Transfer& transfer, Operands& on, MPI_Comm ranks);

}  // namespace shortfall::mpi
