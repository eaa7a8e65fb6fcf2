// Messages by which one rank tells all others that it has given up: by way of rank 0, which passes
// them on whenever it waits.
#pragma once

#include <mpi.h>

namespace shortfall::mpi {

// Of one job. An alarm counts until the next vote: it carries the number of votes before it.
class Alarms {
 public:
  void raise(MPI_Comm ranks);
  bool are_heard(MPI_Comm ranks);  // receives what has come; on rank 0, passes it on
  void forget() { ++votes_; }

 private:
  void send(int to, MPI_Comm ranks) const;
  void pass_on(MPI_Comm ranks);
  bool is_heard() const { return heard_ == votes_; }

  int votes_ = 0;
  int heard_ = -1;  // votes before the last alarm
};

}  // namespace shortfall::mpi
