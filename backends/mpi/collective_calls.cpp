#include "backends/mpi/collective_calls.hpp"

namespace shortfall::mpi {
namespace {

constexpr int forwards = 1, backwards = 2;  // tags

int pass_on(const Parts& p) {
  return MPI_Sendrecv(p.from, p.count, p.type, p.next, forwards, p.to, p.count, p.type, p.previous,
                      forwards, p.ranks, MPI_STATUS_IGNORE);
}
int pass_back(const Parts& p) {
  return MPI_Sendrecv(p.from, p.count, p.type, p.previous, backwards, p.second, p.count, p.type,
                      p.next, backwards, p.ranks, MPI_STATUS_IGNORE);
}

int post_ring(const Parts& p, MPI_Request* r) {
  const int status = MPI_Irecv(p.to, p.count, p.type, p.previous, forwards, p.ranks, &r[0]);
  if (status != MPI_SUCCESS) return status;
  return MPI_Isend(p.from, p.count, p.type, p.next, forwards, p.ranks, &r[1]);
}
int post_neighbors(const Parts& p, MPI_Request* r) {
  int status = post_ring(p, r);
  if (status != MPI_SUCCESS) return status;
  status = MPI_Irecv(p.second, p.count, p.type, p.next, backwards, p.ranks, &r[2]);
  if (status != MPI_SUCCESS) return status;
  return MPI_Isend(p.from, p.count, p.type, p.previous, backwards, p.ranks, &r[3]);
}

Functions reduction(Collective::Kind kind) {
  switch (kind) {
    case Collective::Kind::reduce_scatter:
      return {[](const Parts& p) {
                return MPI_Reduce_scatter_block(p.from, p.to, p.count, p.type, p.op, p.ranks);
              },
              [](const Parts& p, MPI_Request* r) {
                return MPI_Ireduce_scatter_block(p.from, p.to, p.count, p.type, p.op, p.ranks, r);
              }};
    case Collective::Kind::reduce:
      return {[](const Parts& p) {
                return MPI_Reduce(p.from, p.to, p.count, p.type, p.op, 0, p.ranks);
              },
              [](const Parts& p, MPI_Request* r) {
                return MPI_Ireduce(p.from, p.to, p.count, p.type, p.op, 0, p.ranks, r);
              }};
    default:
      return {[](const Parts& p) {
                return MPI_Allreduce(p.from, p.to, p.count, p.type, p.op, p.ranks);
              },
              [](const Parts& p, MPI_Request* r) {
                return MPI_Iallreduce(p.from, p.to, p.count, p.type, p.op, p.ranks, r);
              }};
  }
}

Functions to_or_from_one(Collective::Kind kind) {
  switch (kind) {
    case Collective::Kind::gather:
      return {[](const Parts& p) {
                return MPI_Gather(p.from, p.count, p.type, p.to, p.count, p.type, 0, p.ranks);
              },
              [](const Parts& p, MPI_Request* r) {
                return MPI_Igather(p.from, p.count, p.type, p.to, p.count, p.type, 0, p.ranks, r);
              }};
    case Collective::Kind::scatter:
      return {[](const Parts& p) {
                return MPI_Scatter(p.from, p.count, p.type, p.to, p.count, p.type, 0, p.ranks);
              },
              [](const Parts& p, MPI_Request* r) {
                return MPI_Iscatter(p.from, p.count, p.type, p.to, p.count, p.type, 0, p.ranks, r);
              }};
    default:  // a broadcast has one buffer: the root's input, the others' output
      return {[](const Parts& p) {
                return MPI_Bcast(p.rank == 0 ? p.from : p.to, p.count, p.type, 0, p.ranks);
              },
              [](const Parts& p, MPI_Request* r) {
                return MPI_Ibcast(p.rank == 0 ? p.from : p.to, p.count, p.type, 0, p.ranks, r);
              }};
  }
}

Functions between_all(Collective::Kind kind) {
  switch (kind) {
    case Collective::Kind::all_gather:
      return {[](const Parts& p) {
                return MPI_Allgather(p.from, p.count, p.type, p.to, p.count, p.type, p.ranks);
              },
              [](const Parts& p, MPI_Request* r) {
                return MPI_Iallgather(p.from, p.count, p.type, p.to, p.count, p.type, p.ranks, r);
              }};
    case Collective::Kind::all_to_allv:
      return {[](const Parts& p) {
                return MPI_Alltoallv(p.from, p.send_counts.data(), p.send_starts.data(), p.type,
                                     p.to, p.receive_counts.data(), p.receive_starts.data(), p.type,
                                     p.ranks);
              },
              [](const Parts& p, MPI_Request* r) {
                return MPI_Ialltoallv(p.from, p.send_counts.data(), p.send_starts.data(), p.type,
                                      p.to, p.receive_counts.data(), p.receive_starts.data(),
                                      p.type, p.ranks, r);
              }};
    default:
      return {[](const Parts& p) {
                return MPI_Alltoall(p.from, p.count, p.type, p.to, p.count, p.type, p.ranks);
              },
              [](const Parts& p, MPI_Request* r) {
                return MPI_Ialltoall(p.from, p.count, p.type, p.to, p.count, p.type, p.ranks, r);
              }};
  }
}

}  // namespace

Functions functions_of(Collective::Kind kind) {
  using Kind = Collective::Kind;
  switch (kind) {
    case Kind::all_reduce:
    case Kind::reduce_scatter:
    case Kind::reduce:
      return reduction(kind);
    case Kind::broadcast:
    case Kind::gather:
    case Kind::scatter:
      return to_or_from_one(kind);
    case Kind::all_gather:
    case Kind::all_to_all:
    case Kind::all_to_allv:
      return between_all(kind);
    case Kind::ring:
      return {pass_on, post_ring, 2};
    case Kind::neighbors:
      return {[](const Parts& p) {
                const int status = pass_on(p);
                return status == MPI_SUCCESS ? pass_back(p) : status;
              },
              post_neighbors, 4};
    case Kind::barrier:
      break;
  }
  return {[](const Parts& p) { return MPI_Barrier(p.ranks); },
          [](const Parts& p, MPI_Request* r) { return MPI_Ibarrier(p.ranks, r); }};
}

}  // namespace shortfall::mpi
