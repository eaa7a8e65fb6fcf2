// MPI as control plane and as one of the data planes.
#include "backends/mpi/mpi.hpp"

#include <array>

#include "backends/backend.hpp"
#include "backends/joining.hpp"
#include "backends/mpi/accelerators.hpp"
#include "backends/process.hpp"
#include "core/error.hpp"

namespace shortfall {
namespace mpi {

void fail(int status, std::string_view doing, std::source_location at) {
  std::array<char, MPI_MAX_ERROR_STRING> text{};
  int length = 0;
  PMPI_Error_string(status, text.data(), &length);
  throw Error(doing, std::string_view(text.data(), static_cast<std::size_t>(length)), at);
}

std::string library_version() {
  std::array<char, MPI_MAX_LIBRARY_VERSION_STRING> text{};
  int length = 0;
  PMPI_Get_library_version(text.data(), &length);
  const std::string all(text.data());
  return all.substr(0, all.find_first_of(",\n"));
}

namespace {

Probe probe() {
  const auto job = launched();
  if (!meets_by_tcp(job, has_mpi())) return Usable{};
  return Unusable{"this job was started by " + job->launcher + ", without MPI"};
}

}  // namespace
}  // namespace mpi

bool has_mpi() { return true; }

std::unique_ptr<World> join_by_mpi() {
  // Our other threads (beacon, sentinel) never call MPI. Asking for MPI_THREAD_FUNNELED, as the
  // standard would have it then, makes every call of Open MPI 4.1 0.2 us slower.
  int provided = 0;
  const Seconds start = steady_now();
  mpi::check(PMPI_Init_thread(nullptr, nullptr, MPI_THREAD_SINGLE, &provided), "start MPI");
  return mpi::make_world(steady_now() - start);
}

Backend mpi_backend() {
  return {.name = "mpi",
          .summary = "collectives and transfers between ranks by MPI",
          .probe = mpi::probe,
          .open_communicator = mpi::make_communicator,
          .carries = mpi::memory_taken(),
          .adds_up = mpi::adds_up,
          .versions = [] { return Details{{"MPI", mpi::library_version()}}; }};
}

}  // namespace shortfall
