// The interface by which NCCL (2.27 and later) tells a profiler in the same process what it does:
// version 4 of it, as far as collectives go. NCCL looks for it under the name ncclProfiler_v4.
#pragma once

#include <nccl.h>

#include <cstddef>
#include <cstdint>

namespace shortfall::nccl {

inline constexpr int event_of_collective = 1 << 1;

struct CollectiveEvent {
  std::uint64_t number;
  const char* function;  // "AllReduce"
  const void* from;
  void* to;
  std::size_t count;
  int root;
  const char* type;
  std::uint8_t channels;
  std::uint8_t warps;
  const char* algorithm;  // "RING", "TREE", "NVLS"
  const char* protocol;   // "LL", "LL128", "SIMPLE"
};

struct ProfilerEvent {
  std::uint8_t type;  // one of the event_of_...
  void* parent;
  int rank;
  CollectiveEvent collective;  // of that type alone; other types are not asked for
};

struct ProfilerPlugin {
  const char* name;
  ncclResult_t (*init)(void** context, int* events, const char* communicator, std::uint64_t hash,
                       int nodes, int ranks, int rank, void (*log)());
  ncclResult_t (*start)(void* context, void** event, ProfilerEvent* description);
  ncclResult_t (*stop)(void* event);
  ncclResult_t (*record)(void* event, int state, void* details);
  ncclResult_t (*finalize)(void* context);
};

extern "C" const ProfilerPlugin ncclProfiler_v4;

}  // namespace shortfall::nccl
