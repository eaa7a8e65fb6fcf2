// How much memory there is and how much of it is free: the host's, or less where a control group
// (a container, a batch job) allows less.
#include <algorithm>

#include "topology/parts.hpp"
#include "topology/system/control_group.hpp"

namespace shortfall {
namespace {

struct Names {  // of one version of control groups
  std::string_view usage, reclaimable;
};
constexpr Names version1{"/memory.usage_in_bytes", "total_inactive_file"};
constexpr Names version2{"/memory.current", "inactive_file"};

// Takes the smaller of what stands in `sizes` and what this one group allows. Files that the kernel
// drops when memory is asked for count as free.
void limit(MemorySizes& sizes, int version, const std::string& folder, const Root& root) {
  const auto most = memory_limit(folder, version, root);
  if (!most) return;
  const Names& names = version == 1 ? version1 : version2;
  const auto used = number_in_file(root, folder + std::string(names.usage)).value_or(0);
  const std::string statistics = text_of_file(root, folder + "/memory.stat");
  const auto reclaimable = number_after(statistics, names.reclaimable).value_or(0);
  const Bytes in_use{std::max(0.0, static_cast<double>(used) - static_cast<double>(reclaimable))};
  sizes.total = std::min(sizes.total, *most);
  sizes.available = std::min(sizes.available, std::max(Bytes{}, *most - in_use));
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
    for (const std::string& folder : group.folders) limit(sizes, group.version, folder, root);
  }
  return sizes;
}

}  // namespace shortfall
