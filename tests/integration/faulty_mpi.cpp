// An MPI that goes wrong on purpose, preloaded in front of the real one. The environment variable
// SHORTFALL_TEST_FAULT says how, as CALL:FAULT, for example all_reduce:last_element. The control
// plane, which calls PMPI directly, is never harmed.
#include <array>
#include <numeric>
#include <vector>

#include "faults.hpp"

using namespace shortfall::faults;

namespace {

std::size_t size(int count) { return static_cast<std::size_t>(count); }

int number_of_ranks(MPI_Comm ranks) {
  int number = 1;
  PMPI_Comm_size(ranks, &number);
  return number;
}

bool is_root(MPI_Comm ranks, int root) {
  int rank = 0;
  PMPI_Comm_rank(ranks, &rank);
  return rank == root;
}

// Elements that arrive when every rank sends `count`.
std::size_t of_all(int count, MPI_Comm ranks) { return size(count * number_of_ranks(ranks)); }

template <class Call>
int perhaps_harmed(Call call, const Exchange& exchange) {
  if (!is_wanted(exchange.name, exchange.ranks)) return call();
  const int status = call();
  return status == MPI_SUCCESS ? harmed(exchange) : status;
}

// What non-blocking calls have promised: harmed when somebody has waited for it.
std::vector<Exchange>& promised() {
  static std::vector<Exchange> all;
  return all;
}

int posted(int status, const Exchange& exchange) {
  if (is_wanted(exchange.name, exchange.ranks)) promised().push_back(exchange);
  return status;
}

}  // namespace

extern "C" int MPI_Waitall(int count, MPI_Request* requests, MPI_Status* statuses) {
  int status = PMPI_Waitall(count, requests, statuses);
  for (const Exchange& exchange : promised()) {
    if (status == MPI_SUCCESS) status = harmed(exchange);
  }
  promised().clear();
  return status;
}

extern "C" int MPI_Allreduce(const void* from, void* to, int count, MPI_Datatype type, MPI_Op op,
                             MPI_Comm ranks) {
  return perhaps_harmed([&] { return PMPI_Allreduce(from, to, count, type, op, ranks); },
                        {"all_reduce", from, to, size(count), type, ranks});
}

extern "C" int MPI_Iallreduce(const void* from, void* to, int count, MPI_Datatype type, MPI_Op op,
                              MPI_Comm ranks, MPI_Request* request) {
  return posted(PMPI_Iallreduce(from, to, count, type, op, ranks, request),
                {"all_reduce", from, to, size(count), type, ranks});
}

extern "C" int MPI_Reduce(const void* from, void* to, int count, MPI_Datatype type, MPI_Op op,
                          int root, MPI_Comm ranks) {
  return perhaps_harmed(
      [&] { return PMPI_Reduce(from, to, count, type, op, root, ranks); },
      {"reduce", from, is_root(ranks, root) ? to : nullptr, size(count), type, ranks});
}

extern "C" int MPI_Ireduce(const void* from, void* to, int count, MPI_Datatype type, MPI_Op op,
                           int root, MPI_Comm ranks, MPI_Request* request) {
  return posted(PMPI_Ireduce(from, to, count, type, op, root, ranks, request),
                {"reduce", from, is_root(ranks, root) ? to : nullptr, size(count), type, ranks});
}

extern "C" int MPI_Reduce_scatter_block(const void* from, void* to, int count, MPI_Datatype type,
                                        MPI_Op op, MPI_Comm ranks) {
  return perhaps_harmed([&] { return PMPI_Reduce_scatter_block(from, to, count, type, op, ranks); },
                        {"reduce_scatter", from, to, size(count), type, ranks});
}

extern "C" int MPI_Ireduce_scatter_block(const void* from, void* to, int count, MPI_Datatype type,
                                         MPI_Op op, MPI_Comm ranks, MPI_Request* request) {
  return posted(PMPI_Ireduce_scatter_block(from, to, count, type, op, ranks, request),
                {"reduce_scatter", from, to, size(count), type, ranks});
}

extern "C" int MPI_Allgather(const void* from, int count, MPI_Datatype type, void* to, int to_count,
                             MPI_Datatype to_type, MPI_Comm ranks) {
  return perhaps_harmed(
      [&] { return PMPI_Allgather(from, count, type, to, to_count, to_type, ranks); },
      {"all_gather", from, to, of_all(to_count, ranks), to_type, ranks});
}

extern "C" int MPI_Iallgather(const void* from, int count, MPI_Datatype type, void* to,
                              int to_count, MPI_Datatype to_type, MPI_Comm ranks,
                              MPI_Request* request) {
  return posted(PMPI_Iallgather(from, count, type, to, to_count, to_type, ranks, request),
                {"all_gather", from, to, of_all(to_count, ranks), to_type, ranks});
}

extern "C" int MPI_Gather(const void* from, int count, MPI_Datatype type, void* to, int to_count,
                          MPI_Datatype to_type, int root, MPI_Comm ranks) {
  return perhaps_harmed(
      [&] { return PMPI_Gather(from, count, type, to, to_count, to_type, root, ranks); },
      {"gather", from, is_root(ranks, root) ? to : nullptr, of_all(to_count, ranks), to_type,
       ranks});
}

extern "C" int MPI_Igather(const void* from, int count, MPI_Datatype type, void* to, int to_count,
                           MPI_Datatype to_type, int root, MPI_Comm ranks, MPI_Request* request) {
  return posted(PMPI_Igather(from, count, type, to, to_count, to_type, root, ranks, request),
                {"gather", from, is_root(ranks, root) ? to : nullptr, of_all(to_count, ranks),
                 to_type, ranks});
}

extern "C" int MPI_Scatter(const void* from, int count, MPI_Datatype type, void* to, int to_count,
                           MPI_Datatype to_type, int root, MPI_Comm ranks) {
  return perhaps_harmed(
      [&] { return PMPI_Scatter(from, count, type, to, to_count, to_type, root, ranks); },
      {"scatter", from, to, size(to_count), to_type, ranks});
}

extern "C" int MPI_Iscatter(const void* from, int count, MPI_Datatype type, void* to, int to_count,
                            MPI_Datatype to_type, int root, MPI_Comm ranks, MPI_Request* request) {
  return posted(PMPI_Iscatter(from, count, type, to, to_count, to_type, root, ranks, request),
                {"scatter", from, to, size(to_count), to_type, ranks});
}

extern "C" int MPI_Alltoall(const void* from, int count, MPI_Datatype type, void* to, int to_count,
                            MPI_Datatype to_type, MPI_Comm ranks) {
  return perhaps_harmed(
      [&] { return PMPI_Alltoall(from, count, type, to, to_count, to_type, ranks); },
      {"all_to_all", from, to, of_all(to_count, ranks), to_type, ranks});
}

extern "C" int MPI_Ialltoall(const void* from, int count, MPI_Datatype type, void* to, int to_count,
                             MPI_Datatype to_type, MPI_Comm ranks, MPI_Request* request) {
  return posted(PMPI_Ialltoall(from, count, type, to, to_count, to_type, ranks, request),
                {"all_to_all", from, to, of_all(to_count, ranks), to_type, ranks});
}

extern "C" int MPI_Bcast(void* data, int count, MPI_Datatype type, int root, MPI_Comm ranks) {
  return perhaps_harmed(
      [&] { return PMPI_Bcast(data, count, type, root, ranks); },
      {"broadcast", nullptr, is_root(ranks, root) ? nullptr : data, size(count), type, ranks});
}

extern "C" int MPI_Ibcast(void* data, int count, MPI_Datatype type, int root, MPI_Comm ranks,
                          MPI_Request* request) {
  return posted(
      PMPI_Ibcast(data, count, type, root, ranks, request),
      {"broadcast", nullptr, is_root(ranks, root) ? nullptr : data, size(count), type, ranks});
}

extern "C" int MPI_Alltoallv(const void* from, const int* counts, const int* starts,
                             MPI_Datatype type, void* to, const int* to_counts,
                             const int* to_starts, MPI_Datatype to_type, MPI_Comm ranks) {
  return perhaps_harmed(
      [&] {
        return PMPI_Alltoallv(from, counts, starts, type, to, to_counts, to_starts, to_type, ranks);
      },
      {"all_to_allv", from, to,
       std::accumulate(to_counts, to_counts + number_of_ranks(ranks), std::size_t{0}), to_type,
       ranks});
}

extern "C" int MPI_Ialltoallv(const void* from, const int* counts, const int* starts,
                              MPI_Datatype type, void* to, const int* to_counts,
                              const int* to_starts, MPI_Datatype to_type, MPI_Comm ranks,
                              MPI_Request* request) {
  return posted(PMPI_Ialltoallv(from, counts, starts, type, to, to_counts, to_starts, to_type,
                                ranks, request),
                {"all_to_allv", from, to,
                 std::accumulate(to_counts, to_counts + number_of_ranks(ranks), std::size_t{0}),
                 to_type, ranks});
}

extern "C" int MPI_Sendrecv(const void* from, int count, MPI_Datatype type, int next, int tag,
                            void* to, int to_count, MPI_Datatype to_type, int previous, int to_tag,
                            MPI_Comm ranks, MPI_Status* answer) {
  return perhaps_harmed(
      [&] {
        return PMPI_Sendrecv(from, count, type, next, tag, to, to_count, to_type, previous, to_tag,
                             ranks, answer);
      },
      {"send_recv_ring", from, to, size(to_count), to_type, ranks});
}
