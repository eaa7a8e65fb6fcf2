#include "backends/mpi/alarms.hpp"

#include "backends/mpi/mpi.hpp"

namespace shortfall::mpi {
namespace {

constexpr int tag = 911;

}  // namespace

void Alarms::raise(MPI_Comm ranks) {
  int rank = 0;
  PMPI_Comm_rank(ranks, &rank);
  if (is_heard()) return;
  heard_ = votes_;
  if (rank == 0) {
    pass_on(ranks);
  } else {
    send(0, ranks);
  }
}

bool Alarms::are_heard(MPI_Comm ranks) {
  int rank = 0, has_come = 0;
  MPI_Status status;
  PMPI_Comm_rank(ranks, &rank);
  while (PMPI_Iprobe(MPI_ANY_SOURCE, tag, ranks, &has_come, &status) == MPI_SUCCESS &&
         has_come != 0) {
    int votes = 0;
    PMPI_Recv(&votes, 1, MPI_INT, status.MPI_SOURCE, tag, ranks, MPI_STATUS_IGNORE);
    // A rank that is ahead has left a vote that this one is still in.
    if (votes < votes_ || votes <= heard_) continue;
    heard_ = votes;
    if (rank == 0) pass_on(ranks);
  }
  return is_heard();
}

// So small that it is sent without waiting for the receiver. One that cannot be reached finds out
// by itself, when its patience ends.
void Alarms::send(int to, MPI_Comm ranks) const { PMPI_Send(&heard_, 1, MPI_INT, to, tag, ranks); }

void Alarms::pass_on(MPI_Comm ranks) {
  int size = 0;
  PMPI_Comm_size(ranks, &size);
  for (int rank = 1; rank < size; ++rank) send(rank, ranks);
}

}  // namespace shortfall::mpi
