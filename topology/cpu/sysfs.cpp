// Counts and caches of the processors, from the kernel's own description.
#include <algorithm>
#include <set>

#include "core/text.hpp"
#include "topology/parts.hpp"

namespace shortfall {
namespace {

std::string folder_of(int cpu) { return "/sys/devices/system/cpu/cpu" + std::to_string(cpu); }

Bytes size_in(const std::string& text) {  // "32K"
  return {static_cast<double>(parse_size(text).value_or(0))};
}

std::vector<Cache> caches_of(int cpu, const std::vector<int>& online, const Root& root) {
  std::vector<Cache> caches;
  const std::string folder = folder_of(cpu) + "/cache/";
  for (const std::string& name : names_in_folder(root, folder)) {
    const std::string cache = folder + name;
    if (!name.starts_with("index") || line_of_file(root, cache + "/type") == "Instruction")
      continue;
    const Bytes size = size_in(line_of_file(root, cache + "/size"));
    if (size.value <= 0) continue;
    const auto sharing =
        std::ranges::count_if(cpus_in(line_of_file(root, cache + "/shared_cpu_list")),
                              [&](int other) { return std::ranges::binary_search(online, other); });
    caches.push_back({.level = static_cast<int>(number_in_file(root, cache + "/level").value_or(1)),
                      .size = size,
                      .shared = std::max(1, static_cast<int>(sharing))});
  }
  std::ranges::sort(caches, {}, &Cache::level);
  return caches;
}

}  // namespace

std::optional<CpuShape> shape_by_sysfs(const Root& root) {
  const std::vector<int> online = cpus_in(line_of_file(root, "/sys/devices/system/cpu/online"));
  if (online.empty()) return std::nullopt;
  std::set<std::string> packages, cores;
  for (const int cpu : online) {
    const std::string topology = folder_of(cpu) + "/topology/";
    packages.insert(line_of_file(root, topology + "physical_package_id"));
    // The list of its siblings names a core better than its core_id, which repeats in every
    // package.
    const std::string siblings = line_of_file(root, topology + "thread_siblings_list");
    cores.insert(siblings.empty() ? std::to_string(cpu) : siblings);
  }
  const auto nodes = cpus_in(line_of_file(root, "/sys/devices/system/node/has_cpu"));
  return CpuShape{.sockets = static_cast<int>(packages.size()),
                  .cores = static_cast<int>(cores.size()),
                  .threads = static_cast<int>(online.size()),
                  .numa_nodes = std::max(1, static_cast<int>(nodes.size())),
                  .caches = caches_of(online.front(), online, root)};
}

}  // namespace shortfall
