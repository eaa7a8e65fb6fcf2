// A DOUBLE of NCCL, for machines without GPUs: ranks are processes of one host, which exchange data
// through shared memory, in the order of the double CUDA runtime's streams. Its faults are asked
// for by the variable SHORTFALL_NCCL_DOUBLE, "version=22705;rank1.fault=op_hang:3": see
// nccl_script.cpp.
#pragma once

#include <nccl.h>

#include <array>
#include <atomic>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "backends/nccl/profiler_plugin.hpp"

namespace shortfall::nccl_double {

// Of this process.
struct Script {
  int version = NCCL_VERSION_CODE;
  std::string fault;  // "wrong_data", "dropped", "async_error", "init_hang", "init_error",
                      // "register_error", "op_hang", "abort_fails" (an operation hangs, too)
  long after = 0;     // operations that go well before it
  bool has_ras = true;
};
const Script& script();

constexpr int most_ranks = 16;
constexpr std::size_t most_chunk = std::size_t{64} << 10;

struct Mailbox {  // from one rank to another
  std::atomic<int> is_full;
  std::array<std::byte, most_chunk> data;
};

struct Meeting {  // in shared memory, one for each communicator
  std::atomic<int> attached;
  std::array<std::atomic<int>, most_ranks> has_come;
  std::array<std::atomic<long>, most_ranks> launched;
  std::array<std::atomic<int>, most_ranks> process;  // 0: of a rank that nobody has seen
  std::array<std::array<char, 64>, most_ranks> gpu;
  std::array<std::array<Mailbox, most_ranks>, most_ranks> boxes;
};

// The shared memory of this name, made by whoever comes first and gone when all have come.
std::shared_ptr<Meeting> meet(const std::string& name, int ranks);

struct Part {  // of a message that a rank sends to, or receives from, `peer`
  std::byte* data;
  std::size_t bytes;
  int peer;
};

// Moves all of them, in order for each peer; gives up when `is_over` says so.
void exchange(Meeting& meeting, int rank, std::vector<Part> sends, std::vector<Part> receives,
              const std::atomic<bool>& is_over);

// result[i] over all `inputs`, of `count` numbers each.
void reduce(ncclDataType_t type, ncclRedOp_t op, std::byte* result,
            const std::vector<std::vector<std::byte>>& inputs, std::size_t count);
std::size_t size_of(ncclDataType_t type);

// Answers at localhost:28028 (NCCL_RAS_ADDR) if nobody does yet, about one communicator.
void answer_as_ras(std::shared_ptr<Meeting> meeting, int ranks, std::uint64_t mark);

}  // namespace shortfall::nccl_double

// Handles are pointers to it.
struct ncclComm {
  std::shared_ptr<shortfall::nccl_double::Meeting> meeting;
  int rank = 0, ranks = 0;
  std::uint64_t mark = 0;  // the same on all ranks
  std::atomic<bool> is_aborted{false};
  std::atomic<int> status{ncclInProgress};  // of what goes on by itself
  long operations = 0;
  std::shared_ptr<int> graphs = std::make_shared<int>();  // shared with those that hold its work
  const shortfall::nccl::ProfilerPlugin* profiler = nullptr;
  void* profiler_context = nullptr;
};

namespace shortfall::nccl_double {

// A message to or from each rank: of one block, or of one block after another.
std::vector<Part> with_each(const void* first, std::size_t bytes, int ranks, bool advances);

// Tells the profiler of the process, if there is one, what was "chosen".
void find_profiler(ncclComm* comm, const char* name);
void tell_profiler(ncclComm* comm, const char* function, void* to, std::size_t count);

// Enqueues what the operation is made of, or its fault.
ncclResult_t moved(ncclComm* comm, std::vector<Part> sends, std::vector<Part> receives,
                   cudaStream_t stream);
// Every rank that keeps a block (all, or `only` that one) hears it from all.
ncclResult_t reduced(ncclComm* comm, const void* from, void* to, std::size_t count,
                     ncclDataType_t type, ncclRedOp_t op, int only, bool is_scattered,
                     cudaStream_t stream);

}  // namespace shortfall::nccl_double
