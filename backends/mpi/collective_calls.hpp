// The MPI function behind each kind of collective, blocking and not.
#pragma once

#include <vector>

#include "backends/mpi/mpi.hpp"

namespace shortfall::mpi {

struct Parts {  // what the calls take
  void* from;   // MPI_IN_PLACE where the output's buffer holds the input
  void* to;
  void* second;  // behind the first block of `to`: where neighbors' second one goes
  int count;     // elements of a block, or of the whole where there are no blocks
  MPI_Datatype type;
  MPI_Op op;
  MPI_Comm ranks;
  int rank, size;
  int next, previous;  // along the ring; a division on the way would cost 10 ns
  // all_to_allv: by the other rank.
  std::vector<int> send_counts, send_starts, receive_counts, receive_starts;
};

struct Functions {
  int (*run)(const Parts&);
  int (*post)(const Parts&, MPI_Request*);  // fills `requests` requests
  int requests = 1;
};
inline constexpr int most_requests = 4;

Functions functions_of(Collective::Kind kind);

}  // namespace shortfall::mpi
