// What an operation of the double does on its stream, and what it does instead when it is to fail.
#include <cstring>
#include <functional>
#include <thread>

#include "tests/double/nccl_double.hpp"
#include "tests/double/runtime_state.hpp"

namespace shortfall::nccl_double {
namespace {

using shortfall::cuda_double::enqueue;

using Bytes = std::vector<std::byte>;
using Work = std::function<void()>;

bool fails_now(const ncclComm* comm, const char* fault) {
  return script().fault == fault && comm->operations > script().after;
}

void wait_until_aborted(const ncclComm* comm) {
  while (!comm->is_aborted || script().fault == "abort_fails") std::this_thread::yield();
}

void put_on(cudaStream_t stream, ncclComm* comm, Work work) {
  if (!stream->capture) return enqueue(stream, std::move(work));
  enqueue(stream, [held = comm->graphs, work = std::move(work)] { work(); });
}

// One operation on a stream. The fault of this rank, if it is due, takes its place.
ncclResult_t launch(ncclComm* comm, cudaStream_t stream, Work work) {
  ++comm->operations;
  if (fails_now(comm, "op_hang") || fails_now(comm, "abort_fails")) {
    put_on(stream, comm, [comm] { wait_until_aborted(comm); });
    return ncclSuccess;  // and RAS is never told that it was launched
  }
  if (fails_now(comm, "call_error")) return ncclSystemError;
  if (fails_now(comm, "async_error")) {
    put_on(stream, comm, [comm] {
      comm->status = ncclSystemError;
      wait_until_aborted(comm);
    });
    return ncclSuccess;
  }
  ++comm->meeting->launched[static_cast<std::size_t>(comm->rank)];
  put_on(stream, comm, std::move(work));
  return ncclSuccess;
}

std::byte* bytes_at(const void* data) { return static_cast<std::byte*>(const_cast<void*>(data)); }

// What this rank gives to a reduction.
Bytes contribution(const void* data, std::size_t bytes, bool drops) {
  Bytes copy(bytes);
  if (!drops) std::memcpy(copy.data(), data, bytes);
  return copy;
}

void spoil(std::byte* result, std::size_t bytes) {
  if (bytes > 0) result[bytes / 2] ^= std::byte{1};
}

}  // namespace

// All-reduce, reduce and reduce-scatter: every rank that keeps a block hears it from all.
ncclResult_t reduced(ncclComm* comm, const void* from, void* to, std::size_t count,
                     ncclDataType_t type, ncclRedOp_t op, int only, bool is_scattered,
                     cudaStream_t stream) {
  const std::size_t bytes = count * size_of(type);
  const bool drops = script().fault == "dropped" && comm->operations >= script().after;
  const bool spoils = script().fault == "wrong_data" && comm->operations >= script().after;
  return launch(comm, stream, [=] {
    const auto n = static_cast<std::size_t>(comm->ranks);
    Bytes mine = contribution(from, is_scattered ? bytes * n : bytes, drops);
    std::vector<Part> sends, receives;
    std::vector<Bytes> heard(n, Bytes(bytes));
    const bool keeps = only < 0 || only == comm->rank;
    for (std::size_t peer = 0; peer < n; ++peer) {
      const auto other = static_cast<int>(peer);
      std::byte* const block = mine.data() + (is_scattered ? peer * bytes : 0);
      if (only < 0 || only == other) sends.push_back({block, bytes, other});
      if (keeps) receives.push_back({heard[peer].data(), bytes, other});
    }
    exchange(*comm->meeting, comm->rank, sends, receives, comm->is_aborted);
    if (!keeps || comm->is_aborted) return;
    reduce(type, op, bytes_at(to), heard, count);
    if (spoils) spoil(bytes_at(to), bytes);
  });
}

ncclResult_t moved(ncclComm* comm, std::vector<Part> sends, std::vector<Part> receives,
                   cudaStream_t stream) {
  const bool spoils = script().fault == "wrong_data" && comm->operations >= script().after;
  return launch(comm, stream, [=, sends = std::move(sends), receives = std::move(receives)] {
    exchange(*comm->meeting, comm->rank, sends, receives, comm->is_aborted);
    if (spoils && !receives.empty()) spoil(receives[0].data, receives[0].bytes);
  });
}

std::vector<Part> with_each(const void* first, std::size_t bytes, int ranks, bool advances) {
  std::vector<Part> all;
  for (int peer = 0; peer < ranks; ++peer) {
    const std::size_t at = advances ? static_cast<std::size_t>(peer) * bytes : 0;
    all.push_back({bytes_at(first) + at, bytes, peer});
  }
  return all;
}

}  // namespace shortfall::nccl_double
