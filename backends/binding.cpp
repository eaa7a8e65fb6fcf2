// Shares the cores of a host among its ranks.
#include "backends/binding.hpp"

#include <fmt/format.h>
#include <sched.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <set>
#include <tuple>

#include "backends/first_line.hpp"
#include "core/text.hpp"

namespace shortfall {
namespace {

namespace fs = std::filesystem;
using std::to_string;

int number_in(const fs::path& file, int otherwise) {
  return static_cast<int>(parse_integer(first_line(file)).value_or(otherwise));
}

// In the group's own folder or the next above it that has `file`: a container sees its group as the
// root of the hierarchy, though /proc gives the path outside.
std::vector<int> cpus_of_group(const fs::path& hierarchy, fs::path group, const char* file) {
  while (true) {
    const auto cpus = cpus_in(first_line(hierarchy / group.relative_path() / file));
    if (!cpus.empty() || !group.has_relative_path()) return cpus;
    group = group.parent_path();
  }
}

// The lines of /proc/self/cgroup are "number:controllers:path"; version 2 has number 0.
std::vector<int> cpus_of_cgroup(const fs::path& root) {
  const fs::path mounts = root / "sys/fs/cgroup";
  std::ifstream groups(root / "proc/self/cgroup");
  for (std::string line; std::getline(groups, line);) {
    const auto parts = split(line, ':');
    if (parts.size() < 3) continue;
    std::vector<int> cpus;
    if (parts[1] == "cpuset") {
      cpus = cpus_of_group(mounts / "cpuset", parts[2], "cpuset.effective_cpus");
    } else if (parts[1].empty()) {
      cpus = cpus_of_group(mounts, parts[2], "cpuset.cpus.effective");
    }
    if (!cpus.empty()) return cpus;
  }
  return {};
}

void note_numa_nodes(std::vector<LogicalCpu>& cpus, const fs::path& nodes) {
  for (const int node : cpus_in(first_line(nodes / "online"))) {
    const auto on_node = cpus_in(first_line(nodes / ("node" + to_string(node)) / "cpulist"));
    for (LogicalCpu& cpu : cpus) {
      if (std::ranges::binary_search(on_node, cpu.number)) cpu.numa_node = node;
    }
  }
}

int cores_of(const std::vector<LogicalCpu>& cpus) {
  std::set<int> cores;
  for (const LogicalCpu& cpu : cpus) cores.insert(cpu.first_sibling);
  return static_cast<int>(cores.size());
}

auto place(const LogicalCpu& cpu) {
  return std::tuple(cpu.numa_node, cpu.package, cpu.core, cpu.first_sibling);
}

// The cores [first, last) in order of their place, with all their CPUs.
std::vector<int> cpus_of_cores(std::vector<LogicalCpu> cpus, int first, int last) {
  std::ranges::sort(cpus, {}, place);
  std::vector<int> chosen;
  int core = -1;
  for (std::size_t i = 0; i < cpus.size(); ++i) {
    if (i == 0 || place(cpus[i]) != place(cpus[i - 1])) ++core;
    if (core >= first && core < last) chosen.push_back(cpus[i].number);
  }
  std::ranges::sort(chosen);
  return chosen;
}

// The kernel refuses sets that are too small for its CPUs, of which cpu_set_t knows 1,024 only.
std::vector<int> affinity() {
  for (std::size_t groups = 1; groups <= 64; groups *= 4) {
    std::vector<cpu_set_t> set(groups);
    const std::size_t size = groups * sizeof(cpu_set_t);
    if (sched_getaffinity(0, size, set.data()) != 0) continue;
    std::vector<int> cpus;
    for (std::size_t cpu = 0; cpu < 8 * size; ++cpu) {
      if (CPU_ISSET_S(cpu, size, set.data())) cpus.push_back(static_cast<int>(cpu));
    }
    return cpus;
  }
  return {};
}

bool set_affinity(const std::vector<int>& cpus) {
  const auto highest = static_cast<std::size_t>(cpus.back());
  std::vector<cpu_set_t> set(highest / (8 * sizeof(cpu_set_t)) + 1);
  const std::size_t size = set.size() * sizeof(cpu_set_t);
  for (const int cpu : cpus) CPU_SET_S(static_cast<std::size_t>(cpu), size, set.data());
  return sched_setaffinity(0, size, set.data()) == 0;
}

std::vector<LogicalCpu> each_its_own_core(const std::vector<int>& numbers) {
  std::vector<LogicalCpu> cpus;
  for (const int cpu : numbers) cpus.push_back({.number = cpu, .core = cpu, .first_sibling = cpu});
  return cpus;
}

// Each by its first CPU; one that the system does not know is a core of its own.
std::vector<int> cores_holding(const std::vector<int>& numbers,
                               const std::vector<LogicalCpu>& cpus) {
  std::set<int> cores;
  for (const int number : numbers) {
    const auto cpu = std::ranges::find(cpus, number, &LogicalCpu::number);
    cores.insert(cpu == cpus.end() ? number : cpu->first_sibling);
  }
  return {cores.begin(), cores.end()};
}

}  // namespace

std::vector<LogicalCpu> usable_cpus(const fs::path& root) {
  const fs::path system = root / "sys/devices/system";
  const std::vector<int> allowed = cpus_of_cgroup(root);
  std::vector<LogicalCpu> cpus;
  for (const int number : cpus_in(first_line(system / "cpu/online"))) {
    if (!allowed.empty() && !std::ranges::binary_search(allowed, number)) continue;
    const fs::path topology = system / "cpu" / ("cpu" + to_string(number)) / "topology";
    const auto siblings = cpus_in(first_line(topology / "thread_siblings_list"));
    cpus.push_back({.number = number,
                    .numa_node = 0,
                    .package = number_in(topology / "physical_package_id", 0),
                    .core = number_in(topology / "core_id", number),
                    .first_sibling = siblings.empty() ? number : siblings.front()});
  }
  note_numa_nodes(cpus, system / "node");
  return cpus;
}

BindingPlan plan_binding(std::vector<LogicalCpu> usable, const std::vector<int>& mask,
                         int local_rank, int local_size) {
  const int all_cores = cores_of(usable);
  const bool is_narrowed = std::erase_if(usable, [&](const LogicalCpu& cpu) {
                             return std::ranges::find(mask, cpu.number) == mask.end();
                           }) > 0;
  if (usable.empty()) usable = each_its_own_core(mask);  // /sys says nothing of them
  const int cores = cores_of(usable);
  BindingPlan plan{.cpus = mask, .by = "launcher", .cores = cores};
  plan.is_shared = local_size > (is_narrowed ? all_cores : cores);
  if (is_narrowed) return plan;
  if (local_size <= 1) {
    plan.by = "nobody: one rank may use all";
  } else if (plan.is_shared) {
    plan.by = fmt::format("nobody: {} ranks on {}", local_size, counted(cores, "core"));
  } else {
    plan.by = "shortfall";
    plan.cpus = cpus_of_cores(std::move(usable), local_rank * cores / local_size,
                              (local_rank + 1) * cores / local_size);
    plan.cores = (local_rank + 1) * cores / local_size - local_rank * cores / local_size;
    plan.is_change = true;
  }
  return plan;
}

Bound bind_rank(const std::optional<Launched>& launched, const fs::path& root) {
  const std::vector<int> mask = affinity();
  if (mask.empty()) return {.by = "nobody: the system does not tell where this rank may run"};
  const auto usable = usable_cpus(root);
  BindingPlan plan = plan_binding(usable, mask, launched ? launched->local_rank : 0,
                                  launched ? launched->local_size : 1);
  if (plan.is_change && !set_affinity(plan.cpus)) {
    const std::string answer = std::strerror(errno);
    plan = plan_binding(usable, mask, 0, 1);
    plan.by = "nobody: binding was refused: " + answer;
  }
  return {.found = cpu_list(mask),
          .set = cpu_list(plan.cpus),
          .by = plan.by,
          .cpus = static_cast<int>(plan.cpus.size()),
          .cores = plan.cores,
          .is_shared = plan.is_shared,
          .core_list = cpu_list(cores_holding(plan.cpus, usable))};
}

std::string yield_when_shared(const Bound& bound) {
  constexpr const char* variable = "OMPI_MCA_mpi_yield_when_idle";
  if (!bound.is_shared || std::getenv(variable) != nullptr) return "";
  return setenv(variable, "1", 0) == 0 ? std::string(variable) + "=1" : "";
}

}  // namespace shortfall
