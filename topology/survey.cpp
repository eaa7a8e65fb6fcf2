#include "topology/survey.hpp"

#include <unistd.h>

#include <algorithm>

#include "topology/cpu/peak.hpp"
#include "topology/environment.hpp"
#include "topology/parts.hpp"
#include "topology/system/parts.hpp"

namespace shortfall {
namespace {

// Where neither hwloc nor sysfs answers, each processor of /proc/cpuinfo counts as a core.
CpuShape shape(const CpuInfo& info, const Root& root) {
  std::optional<CpuShape> found;
  if (root.is_this_machine()) found = shape_by_hwloc();
  if (!found) found = shape_by_sysfs(root);
  if (found) return *found;
  const int processors = std::max(1, info.processors);
  return {.sockets = 1, .cores = processors, .threads = processors, .numa_nodes = 1, .caches = {}};
}

Cpu survey_cpu(const CpuInfo& info, const Root& root) {
  Cpu cpu = identify_cpu(info, root);
  CpuShape found = shape(info, root);
  cpu.sockets = found.sockets;
  cpu.cores = found.cores;
  cpu.threads = found.threads;
  cpu.numa_nodes = found.numa_nodes;
  cpu.caches = std::move(found.caches);
  const Clock clock = nominal_clock(info, root);
  cpu.nominal_clock = clock.frequency;
  cpu.nominal_clock_source = clock.source;
  note_cpu_state(cpu, info, root);
  return cpu;
}

}  // namespace

Host survey_host(const Root& where) {
  const Root root{where.path, std::make_shared<Denials>()};
  const CpuInfo info = parse_cpuinfo(text_of_file(root, "/proc/cpuinfo"));
  const MemorySizes memory = memory_sizes(root);
  Host host;
  host.name = line_of_file(root, "/proc/sys/kernel/hostname");
  host.cpu = survey_cpu(info, root);
  host.ops_per_cycle = ops_per_cycle(host.cpu);
  host.memory = memory.total;
  host.memory_available = memory.available;
  host.gpus = survey_gpus(root);
  host.nics = survey_nics(root);
  find_nearest_nics(host);
  host.numa = numa_nodes(info, root);
  host.limits = survey_limits(root);
  host.os = survey_system(root);
  host.os.hypervisor = hypervisor(info, root);
  host.others = other_processes(root);
  host.unread = folded(*root.denials);
  if (root.is_this_machine()) host.environment = of_host(allowed_environment(environ));
  return host;
}

}  // namespace shortfall
