// How the double tells a profiler what it does, where it is asked to as NCCL is.
#include <dlfcn.h>

#include <cstdlib>
#include <cstring>

#include "tests/double/nccl_double.hpp"

namespace shortfall::nccl_double {

void find_profiler(ncclComm* comm, const char* name) {
  const char* const wanted = std::getenv("NCCL_PROFILER_PLUGIN");
  if (wanted == nullptr || std::strcmp(wanted, "STATIC_PLUGIN") != 0) return;
  const void* const found = dlsym(dlopen(nullptr, RTLD_NOW), "ncclProfiler_v4");
  const auto* const profiler = static_cast<const nccl::ProfilerPlugin*>(found);
  if (profiler == nullptr) return;
  int events = 0;
  profiler->init(&comm->profiler_context, &events, name, comm->mark, 1, comm->ranks, comm->rank,
                 nullptr);
  if ((events & nccl::event_of_collective) != 0) comm->profiler = profiler;
}

void tell_profiler(ncclComm* comm, const char* function, void* to, std::size_t count) {
  if (comm->profiler == nullptr) return;
  nccl::ProfilerEvent event{};
  event.type = nccl::event_of_collective;
  event.collective.function = function;
  event.collective.count = count;
  event.collective.to = to;
  event.collective.channels = count < 1000 ? 1 : 2;
  event.collective.algorithm = "RING";
  event.collective.protocol = count < 1000 ? "LL" : "SIMPLE";
  void* handle = nullptr;
  comm->profiler->start(comm->profiler_context, &handle, &event);
}

}  // namespace shortfall::nccl_double
