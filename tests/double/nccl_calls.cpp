// The functions of the double of NCCL.
#include <cuda_runtime_api.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <random>
#include <thread>

#include "tests/double/nccl_double.hpp"
#include "tests/double/runtime.hpp"

namespace {

using shortfall::nccl_double::moved;
using shortfall::nccl_double::Part;
using shortfall::nccl_double::reduced;
using shortfall::nccl_double::script;
using shortfall::nccl_double::tell_profiler;
using shortfall::nccl_double::with_each;

std::byte* bytes_at(const void* data) { return static_cast<std::byte*>(const_cast<void*>(data)); }

struct Group {
  int depth = 0;
  ncclComm* comm = nullptr;
  cudaStream_t stream = nullptr;
  std::vector<Part> sends, receives;
};
thread_local Group group;

ncclResult_t end_of_group() {
  if (--group.depth > 0 || group.comm == nullptr) return ncclSuccess;
  Group ended;
  std::swap(ended, group);
  return moved(ended.comm, std::move(ended.sends), std::move(ended.receives), ended.stream);
}

ncclResult_t add_message(Part part, bool is_sent, ncclComm* comm, cudaStream_t stream) {
  ++group.depth;
  group.comm = comm;
  group.stream = stream;
  (is_sent ? group.sends : group.receives).push_back(part);
  return end_of_group();
}

std::string gpu_of_process() {
  int device = 0;
  char address[32] = {};
  cudaGetDevice(&device);
  cudaDeviceGetPCIBusId(address, sizeof address, device);
  const char* const host = std::getenv("NCCL_HOSTID");
  return std::string(host != nullptr ? host : "") + address;
}

bool is_duplicate(const shortfall::nccl_double::Meeting& meeting, int ranks) {
  for (int a = 0; a < ranks; ++a)
    for (int b = 0; b < a; ++b)
      if (meeting.gpu[static_cast<std::size_t>(a)] == meeting.gpu[static_cast<std::size_t>(b)])
        return true;
  return false;
}

void connect(ncclComm* comm) {
  auto& meeting = *comm->meeting;
  const auto me = static_cast<std::size_t>(comm->rank);
  if (script().fault == "init_error") {
    comm->status = ncclSystemError;
    return;
  }
  if (script().fault == "init_hang") return;
  std::snprintf(meeting.gpu[me].data(), meeting.gpu[me].size(), "%s", gpu_of_process().c_str());
  meeting.has_come[me] = 1;
  const auto n = static_cast<std::size_t>(comm->ranks);
  for (std::size_t rank = 0; rank < n; ++rank) {
    while (meeting.has_come[rank] == 0 && !comm->is_aborted) std::this_thread::yield();
  }
  comm->status = is_duplicate(meeting, comm->ranks) ? ncclInvalidUsage : ncclSuccess;
}

}  // namespace

ncclResult_t ncclGetVersion(int* version) {
  *version = script().version;
  return ncclSuccess;
}

ncclResult_t ncclGetUniqueId(ncclUniqueId* id) {
  *id = {};
  std::random_device random;
  std::snprintf(id->internal, sizeof id->internal, "/shortfall_nccl_double_%08x%08x", random(),
                random());
  return ncclSuccess;
}

ncclResult_t ncclCommInitRankConfig(ncclComm_t* made, int ranks, ncclUniqueId id, int rank,
                                    ncclConfig_t* config) {
  if (config->magic != 0xcafebeef || config->blocking != 0) return ncclInvalidArgument;
  if (ranks > shortfall::nccl_double::most_ranks) return ncclInvalidArgument;
  auto* const comm = new ncclComm;
  comm->meeting = shortfall::nccl_double::meet(id.internal, ranks);
  comm->rank = rank;
  comm->ranks = ranks;
  comm->mark = std::hash<std::string>{}(id.internal);
  comm->meeting->process[static_cast<std::size_t>(rank)] = getpid();
  shortfall::nccl_double::find_profiler(comm, config->commName);
  if (script().has_ras) shortfall::nccl_double::answer_as_ras(comm->meeting, ranks, comm->mark);
  std::thread([comm, device = [] {
    int current = 0;
    cudaGetDevice(&current);
    return current;
  }()] {
    cudaSetDevice(device);
    connect(comm);
  }).detach();
  *made = comm;
  return ncclInProgress;
}

// Communicators are never freed: their threads and streams may still look at them.
ncclResult_t ncclCommDestroy(ncclComm_t) { return ncclSuccess; }

ncclResult_t ncclCommAbort(ncclComm_t comm) {
  comm->is_aborted = true;
  // As NCCL's, which lets no graph keep work of a communicator that is gone.
  while (comm->graphs.use_count() > 1 && script().fault != "abort_fails") {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return script().fault == "abort_fails" ? ncclInternalError : ncclSuccess;
}

ncclResult_t ncclCommGetAsyncError(ncclComm_t comm, ncclResult_t* status) {
  *status = static_cast<ncclResult_t>(comm->status.load());
  return ncclSuccess;
}

const char* ncclGetErrorString(ncclResult_t status) {
  switch (status) {
    case ncclSystemError:
      return "unhandled system error";
    case ncclInternalError:
      return "internal error";
    case ncclInvalidUsage:
      return "invalid usage";
    default:
      return "an error of the double";
  }
}

const char* ncclGetLastError(ncclComm_t) { return "the double was asked to"; }

ncclResult_t ncclGroupStart() {
  ++group.depth;
  return ncclSuccess;
}
// As that of communicators that do not block: what it began is settled by asking.
ncclResult_t ncclGroupEnd() {
  const ncclResult_t status = end_of_group();
  return status == ncclSuccess ? ncclInProgress : status;
}

ncclResult_t ncclSend(const void* data, std::size_t count, ncclDataType_t type, int peer,
                      ncclComm_t comm, cudaStream_t stream) {
  const std::size_t bytes = count * shortfall::nccl_double::size_of(type);
  return add_message({bytes_at(data), bytes, peer}, true, comm, stream);
}
ncclResult_t ncclRecv(void* data, std::size_t count, ncclDataType_t type, int peer, ncclComm_t comm,
                      cudaStream_t stream) {
  const std::size_t bytes = count * shortfall::nccl_double::size_of(type);
  return add_message({bytes_at(data), bytes, peer}, false, comm, stream);
}

ncclResult_t ncclAllReduce(const void* from, void* to, std::size_t count, ncclDataType_t type,
                           ncclRedOp_t op, ncclComm_t comm, cudaStream_t stream) {
  tell_profiler(comm, "AllReduce", to, count);
  return reduced(comm, from, to, count, type, op, -1, false, stream);
}
ncclResult_t ncclReduce(const void* from, void* to, std::size_t count, ncclDataType_t type,
                        ncclRedOp_t op, int root, ncclComm_t comm, cudaStream_t stream) {
  tell_profiler(comm, "Reduce", to, count);
  return reduced(comm, from, to, count, type, op, root, false, stream);
}
ncclResult_t ncclReduceScatter(const void* from, void* to, std::size_t count, ncclDataType_t type,
                               ncclRedOp_t op, ncclComm_t comm, cudaStream_t stream) {
  tell_profiler(comm, "ReduceScatter", to, count);
  return reduced(comm, from, to, count, type, op, -1, true, stream);
}

ncclResult_t ncclBroadcast(const void* from, void* to, std::size_t count, ncclDataType_t type,
                           int root, ncclComm_t comm, cudaStream_t stream) {
  tell_profiler(comm, "Broadcast", to, count);
  const std::size_t bytes = count * shortfall::nccl_double::size_of(type);
  std::vector<Part> sends;
  if (comm->rank == root) sends = with_each(from, bytes, comm->ranks, false);
  return moved(comm, std::move(sends), {{bytes_at(to), bytes, root}}, stream);
}
ncclResult_t ncclAllGather(const void* from, void* to, std::size_t count, ncclDataType_t type,
                           ncclComm_t comm, cudaStream_t stream) {
  tell_profiler(comm, "AllGather", to, count);
  const std::size_t bytes = count * shortfall::nccl_double::size_of(type);
  return moved(comm, with_each(from, bytes, comm->ranks, false),
               with_each(to, bytes, comm->ranks, true), stream);
}
ncclResult_t ncclAlltoAll(const void* from, void* to, std::size_t count, ncclDataType_t type,
                          ncclComm_t comm, cudaStream_t stream) {
  const std::size_t bytes = count * shortfall::nccl_double::size_of(type);
  return moved(comm, with_each(from, bytes, comm->ranks, true),
               with_each(to, bytes, comm->ranks, true), stream);
}
ncclResult_t ncclGather(const void* from, void* to, std::size_t count, ncclDataType_t type,
                        int root, ncclComm_t comm, cudaStream_t stream) {
  const std::size_t bytes = count * shortfall::nccl_double::size_of(type);
  std::vector<Part> receives;
  if (comm->rank == root) receives = with_each(to, bytes, comm->ranks, true);
  return moved(comm, {{bytes_at(from), bytes, root}}, std::move(receives), stream);
}
ncclResult_t ncclScatter(const void* from, void* to, std::size_t count, ncclDataType_t type,
                         int root, ncclComm_t comm, cudaStream_t stream) {
  const std::size_t bytes = count * shortfall::nccl_double::size_of(type);
  std::vector<Part> sends;
  if (comm->rank == root) sends = with_each(from, bytes, comm->ranks, true);
  return moved(comm, std::move(sends), {{bytes_at(to), bytes, root}}, stream);
}

ncclResult_t ncclMemAlloc(void** address, std::size_t size) {
  return cudaMalloc(address, size) == cudaSuccess ? ncclSuccess : ncclUnhandledCudaError;
}
ncclResult_t ncclMemFree(void* address) {
  return cudaFree(address) == cudaSuccess ? ncclSuccess : ncclUnhandledCudaError;
}
ncclResult_t ncclCommRegister(const ncclComm_t, void* data, std::size_t, void** handle) {
  *handle = data;
  return script().fault == "register_error" ? ncclSystemError : ncclSuccess;
}
ncclResult_t ncclCommDeregister(const ncclComm_t, void*) { return ncclSuccess; }
ncclResult_t ncclCommWindowRegister(ncclComm_t, void* data, std::size_t size, ncclWindow_t* window,
                                    int flags) {
  const bool is_aligned = size % NCCL_WIN_REQUIRED_ALIGNMENT == 0;
  *window = static_cast<ncclWindow_t>(data);
  return flags == NCCL_WIN_COLL_SYMMETRIC && is_aligned ? ncclSuccess : ncclInvalidArgument;
}
ncclResult_t ncclCommWindowDeregister(ncclComm_t, ncclWindow_t) { return ncclSuccess; }
