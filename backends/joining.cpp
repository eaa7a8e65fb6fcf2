#include "backends/joining.hpp"

#include "core/error.hpp"
#include "core/text.hpp"

namespace shortfall {

bool meets_by_tcp(const std::optional<Launched>& job, bool has_mpi) {
  if (!job || job->master.empty()) return false;
  return !job->brings_mpi || (!has_mpi && job->size > 1);
}

Way way_into(const std::optional<Launched>& job, bool has_mpi) {
  if (meets_by_tcp(job, has_mpi)) return Way::by_tcp;
  if (has_mpi) return Way::by_mpi;
  if (!job || job->size == 1) return Way::alone;
  throw BadUsage(
      "this build has no MPI, but " + job->launcher + " started " + counted(job->size, "rank") +
      ". Set MASTER_ADDR and MASTER_PORT, a host of rank 0 and a free port there, so that "
      "they meet without MPI; configure again with MPI; or start one copy.");
}

Way way_into_job() {
  if (const std::string fault = fault_of_launch(); !fault.empty()) throw BadUsage(fault);
  return way_into(launched(), has_mpi());
}

std::unique_ptr<World> join_job(Way way) {
  switch (way) {
    case Way::by_mpi:
      return join_by_mpi();
    case Way::by_tcp:
      return join_by_tcp(launched().value());
    case Way::alone:
      break;
  }
  return stay_alone();
}

}  // namespace shortfall
