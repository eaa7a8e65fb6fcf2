// How much memory there is and how much of it is free: the host's, or less where a control group
// (a container, a batch job) allows less.
#include <algorithm>

#include "topology/control_group.hpp"
#include "topology/parts.hpp"

namespace shortfall {
namespace {

struct Names {  // of one version of control groups
  std::string_view limit, usage, reclaimable;
};
constexpr Names version1{"/memory.limit_in_bytes", "/memory.usage_in_bytes", "total_inactive_file"};
constexpr Names version2{"/memory.max", "/memory.current", "inactive_file"};

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
  for (const ControlGroup& group : control_groups(root, "memory")) {
    const Names& names = group.version == 1 ? version1 : version2;
    for (const std::string& folder : group.folders) limit(sizes, names, folder, root);
  }
  return sizes;
}

}  // namespace shortfall
