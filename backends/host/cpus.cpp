#include "backends/host/cpus.hpp"

#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <set>

#include "backends/world.hpp"
#include "core/text.hpp"

namespace shortfall {
namespace {

std::string first_line(const std::filesystem::path& file) {
  std::ifstream in(file);
  std::string line;
  std::getline(in, line);
  return line;
}

// The CPUs of this process' affinity mask. The kernel refuses a mask that is too small for the
// machine, so larger ones are tried.
std::vector<int> allowed_cpus() {
  for (int most = 1024; most <= 1 << 20; most *= 4) {
    const auto count = static_cast<std::size_t>(most);
    const std::unique_ptr<cpu_set_t, void (*)(cpu_set_t*)> mask(
        CPU_ALLOC(count), [](cpu_set_t* set) { CPU_FREE(set); });
    if (sched_getaffinity(0, CPU_ALLOC_SIZE(count), mask.get()) != 0) continue;
    std::vector<int> cpus;
    for (std::size_t cpu = 0; cpu < count; ++cpu) {
      if (CPU_ISSET_S(cpu, CPU_ALLOC_SIZE(count), mask.get()))
        cpus.push_back(static_cast<int>(cpu));
    }
    return cpus;
  }
  return {0};
}

// "0-3,8": 5.
std::size_t length_of_list(const std::string& list) {
  std::int64_t length = 0;
  for (const std::string& part : split(list, ',')) {
    const std::vector<std::string> ends = split(part, '-');
    if (ends.empty()) continue;
    const auto first = parse_integer(ends.front()), last = parse_integer(ends.back());
    if (first && last) length += *last - *first + 1;
  }
  return static_cast<std::size_t>(length);
}

// How many CPUs this machine or container has at all.
std::size_t usable_cpus() {
  const std::size_t in_cpuset = length_of_list(first_line("/sys/fs/cgroup/cpuset.cpus.effective"));
  return in_cpuset > 0 ? in_cpuset
                       : static_cast<std::size_t>(std::max(sysconf(_SC_NPROCESSORS_ONLN), 1L));
}

}  // namespace

int distinct_cores(const std::vector<int>& cpus, const std::filesystem::path& sysfs) {
  std::set<std::string> cores;
  for (const int cpu : cpus) {
    const std::string name = "cpu" + std::to_string(cpu);
    const std::string siblings = first_line(sysfs / name / "topology" / "thread_siblings_list");
    cores.insert(siblings.empty() ? name : siblings);
  }
  return static_cast<int>(cores.size());
}

int thread_count(const CpuShare& share) {
  const std::vector<std::string> levels = split(share.omp_num_threads, ',');  // of nested regions
  const auto asked = levels.empty() ? std::nullopt : parse_integer(levels.front());
  if (asked && *asked >= 1 && *asked <= 4096) return static_cast<int>(*asked);
  const int sharing = share.is_bound ? 1 : std::max(share.ranks_on_host, 1);
  return std::max(share.cores / sharing, 1);
}

int threads_of_this_rank() {
  const std::vector<int> cpus = allowed_cpus();
  const auto job = launched();
  const char* const asked = std::getenv("OMP_NUM_THREADS");
  return thread_count({.cores = distinct_cores(cpus, "/sys/devices/system/cpu"),
                       .is_bound = cpus.size() < usable_cpus(),
                       .ranks_on_host = job ? job->local_size : 1,
                       .omp_num_threads = asked != nullptr ? asked : ""});
}

}  // namespace shortfall
