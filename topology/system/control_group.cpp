#include "topology/system/control_group.hpp"

#include <algorithm>

#include "core/text.hpp"

namespace shortfall {
namespace {

constexpr std::string_view mounts = "/sys/fs/cgroup";

std::vector<std::string> folders_of(const std::string& mount, std::string path) {
  // A path that climbs out of a namespace ("/../job") leads to nothing that is mounted here.
  if (path.find("/..") != std::string::npos) path.clear();
  std::vector<std::string> folders;
  while (path.size() > 1) {
    folders.push_back(mount + path);
    path.resize(path.rfind('/'));
  }
  folders.push_back(mount);
  return folders;
}

}  // namespace

// Lines of the file are "4:memory:/job" (version 1) and "0::/job" (version 2).
std::vector<ControlGroup> control_groups(const Root& root, std::string_view controller) {
  std::vector<ControlGroup> groups;
  for (const std::string& line : split(text_of_file(root, "/proc/self/cgroup"), '\n')) {
    const std::size_t first = line.find(':');
    const std::size_t second = first == std::string::npos ? first : line.find(":/", first + 1);
    if (second == std::string::npos) continue;
    const std::string controllers = line.substr(first + 1, second - first - 1);
    const std::string path = line.substr(second + 1);
    const auto each = split(controllers, ',');
    if (controllers.empty()) {
      groups.push_back({2, folders_of(std::string(mounts), path)});
    } else if (std::ranges::find(each, controller) != each.end()) {
      // Mounted by the names of all ("cpu,cpuacct"), with a link for each of them: not everywhere.
      const std::string together = std::string(mounts) + "/" + controllers;
      const bool is_together = !names_in_folder(root, together).empty();
      const std::string alone = std::string(mounts) + "/" + std::string(controller);
      groups.push_back({1, folders_of(is_together ? together : alone, path)});
    }
  }
  return groups;
}

std::optional<Bytes> memory_limit(const std::string& folder, int version, const Root& root) {
  // Version 1 says "no limit" by the largest number of pages that it can count.
  constexpr std::int64_t unlimited = std::int64_t{1} << 62;
  const std::string file = version == 1 ? "/memory.limit_in_bytes" : "/memory.max";
  const auto limit = number_in_file(root, folder + file);
  if (!limit || *limit < 0 || *limit >= unlimited) return std::nullopt;
  return Bytes{static_cast<double>(*limit)};
}

}  // namespace shortfall
