// How much memory there is and how much of it is free: the host's, or less where a control group
// (a container, a batch job) allows less.
#include <algorithm>

#include "core/text.hpp"
#include "topology/parts.hpp"

namespace shortfall {
namespace {

struct Names {  // of one version of control groups
  std::string_view mount, limit, usage, reclaimable;
};
constexpr Names version1{"/sys/fs/cgroup/memory", "/memory.limit_in_bytes",
                         "/memory.usage_in_bytes", "total_inactive_file"};
constexpr Names version2{"/sys/fs/cgroup", "/memory.max", "/memory.current", "inactive_file"};

struct Place {  // where this process stands, and by which version's names
  Names names;
  std::string path;
};

// Lines are "4:memory:/job" (version 1) and "0::/job" (version 2).
std::vector<Place> places(const Root& root) {
  std::vector<Place> found;
  for (const std::string& line : split(text_of_file(root, "/proc/self/cgroup"), '\n')) {
    const std::size_t first = line.find(':');
    const std::size_t second = first == std::string::npos ? first : line.find(':', first + 1);
    if (second == std::string::npos) continue;
    const std::string controllers = line.substr(first + 1, second - first - 1);
    const auto each = split(controllers, ',');
    const bool is_memory = std::ranges::find(each, "memory") != each.end();
    if (is_memory || controllers.empty()) {
      found.push_back({is_memory ? version1 : version2, line.substr(second + 1)});
    }
  }
  return found;
}

// Takes the smaller of what stands in `sizes` and what this one group allows. Files that the kernel
// drops when memory is asked for count as free.
void limit(MemorySizes& sizes, const Names& names, const std::string& folder, const Root& root) {
  const auto most = number_in_file(root, folder + std::string(names.limit));
  if (!most || *most < 0) return;  // no such group, or "max"
  const auto used = number_in_file(root, folder + std::string(names.usage)).value_or(0);
  const std::string statistics = text_of_file(root, folder + "/memory.stat");
  const auto reclaimable = number_after(statistics, names.reclaimable).value_or(0);
  const double bound = static_cast<double>(*most);
  const double in_use = std::max(0.0, static_cast<double>(used) - static_cast<double>(reclaimable));
  sizes.total.value = std::min(sizes.total.value, bound);
  sizes.available.value = std::min(sizes.available.value, std::max(0.0, bound - in_use));
}

// A group can use no more than each of those above it. In a container the path may be the host's,
// which is not to be seen from inside: then the topmost folder is the container's own group.
void limit_by_groups(MemorySizes& sizes, const Place& place, const Root& root) {
  std::string path = place.path == "/" ? "" : place.path;
  while (true) {
    limit(sizes, place.names, std::string(place.names.mount) + path, root);
    if (path.empty()) return;
    const std::size_t slash = path.rfind('/');
    path.resize(slash == std::string::npos ? 0 : slash);
  }
}

}  // namespace

MemorySizes memory_sizes(const Root& root) {
  constexpr double kibibyte = 1024;
  const std::string meminfo = text_of_file(root, "/proc/meminfo");
  const auto field = [&](std::string_view name) -> std::optional<Bytes> {
    const auto number = number_after(meminfo, name);
    if (!number) return std::nullopt;
    return Bytes{static_cast<double>(*number) * kibibyte};
  };
  const auto total = field("MemTotal:");
  const auto available = field("MemAvailable:");
  if (!total) return {};
  MemorySizes sizes{*total, available.value_or(field("MemFree:").value_or(Bytes{}))};
  for (const Place& place : places(root)) limit_by_groups(sizes, place, root);
  return sizes;
}

}  // namespace shortfall
