// The parts that a survey is put together from; for survey.cpp and tests.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "topology/cpuinfo.hpp"
#include "topology/machine.hpp"
#include "topology/root.hpp"

namespace shortfall {

// Model, ISA and features; nothing of its counts, clock and caches.
Cpu identify_cpu(const CpuInfo& info, const Root& root);

struct Clock {
  Frequency frequency;  // zero = unknown
  std::string source;
};
Clock nominal_clock(const CpuInfo& info, const Root& root);

struct CpuShape {
  int sockets = 1, cores = 1, threads = 1, numa_nodes = 1;  // numa_nodes: those that have CPUs
  std::vector<Cache> caches;                                // of the first CPU
  friend bool operator==(const CpuShape&, const CpuShape&) = default;
};
// Nothing where the kernel does not say.
std::optional<CpuShape> shape_by_sysfs(const Root& root);
// Of this machine; nothing where hwloc is not in this build or fails.
std::optional<CpuShape> shape_by_hwloc();

struct MemorySizes {
  Bytes total, available;
};
MemorySizes memory_sizes(const Root& root);

std::vector<Gpu> survey_gpus(const Root& root);
std::vector<Nic> survey_nics(const Root& root);
void find_nearest_nics(Host& host);  // sets nearest_nic of its GPUs

std::string hypervisor(const CpuInfo& info, const Root& root);

}  // namespace shortfall
