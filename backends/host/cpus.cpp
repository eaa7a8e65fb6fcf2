#include "backends/host/cpus.hpp"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <set>
#include <string_view>

#include "core/text.hpp"

namespace shortfall {
namespace {

// Named by its first CPU.
int core_of(int cpu, const std::vector<LogicalCpu>& machine) {
  const auto known = std::ranges::find(machine, cpu, &LogicalCpu::number);
  return known == machine.end() ? cpu : known->first_sibling;
}

}  // namespace

std::vector<int> allowed_cpus() {
  constexpr std::string_view key = "Cpus_allowed_list:\t";
  std::ifstream status("/proc/thread-self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with(key)) return cpus_in(std::string_view(line).substr(key.size()));
  }
  return {};
}

int distinct_cores(const std::vector<int>& cpus, const std::vector<LogicalCpu>& machine) {
  std::set<int> cores;
  for (const int cpu : cpus) cores.insert(core_of(cpu, machine));
  return static_cast<int>(cores.size());
}

TwoCpus two_cpus_of(const std::vector<int>& cpus, const std::vector<LogicalCpu>& machine) {
  if (cpus.empty()) return {};
  const int first = cpus.front();
  const auto other = std::ranges::find_if(
      cpus, [&](int cpu) { return core_of(cpu, machine) != core_of(first, machine); });
  return {first, other == cpus.end() ? first : *other};
}

TwoCpus two_cpus_of_this_rank() { return two_cpus_of(allowed_cpus(), usable_cpus("/")); }

int thread_count(const CpuShare& share) {
  const std::vector<std::string> levels = split(share.omp_num_threads, ',');  // of nested regions
  const auto asked = levels.empty() ? std::nullopt : parse_integer(levels.front());
  if (asked && *asked >= 1 && *asked <= 4096) return static_cast<int>(*asked);
  const int sharing = share.is_bound ? 1 : std::max(share.ranks_on_host, 1);
  return std::max(share.cores / sharing, 1);
}

int threads_of_this_rank() {
  const std::vector<int> cpus = allowed_cpus();
  const std::vector<LogicalCpu> machine = usable_cpus("/");
  const auto job = launched();
  const char* const asked = std::getenv("OMP_NUM_THREADS");
  return thread_count({.cores = distinct_cores(cpus, machine),
                       .is_bound = cpus.size() < machine.size(),
                       .ranks_on_host = job ? job->local_size : 1,
                       .omp_num_threads = asked != nullptr ? asked : ""});
}

}  // namespace shortfall
