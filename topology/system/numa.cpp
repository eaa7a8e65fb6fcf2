// NUMA nodes with their CPUs, memory and distances.
#include <algorithm>

#include "core/text.hpp"
#include "topology/system/parts.hpp"

namespace shortfall {
namespace {

constexpr std::string_view nodes = "/sys/devices/system/node";

Bytes kibibytes(std::optional<std::int64_t> number) {
  constexpr double kibibyte = 1024;
  return {static_cast<double>(std::max<std::int64_t>(0, number.value_or(0))) * kibibyte};
}

std::vector<int> distances_in(const std::string& line) {
  std::vector<int> distances;
  for (const std::string& word : split(line, ' ')) {
    const auto distance = parse_integer(word);
    constexpr std::int64_t most = 255;  // of the firmware's table, where it means: not reachable
    if (distance && *distance > 0 && *distance <= most) {
      distances.push_back(static_cast<int>(*distance));
    }
  }
  return distances;
}

NumaNode node_of(int number, const Root& root) {
  const std::string name = std::to_string(number);
  const std::string folder = std::string(nodes) + "/node" + name;
  const std::string memory = text_of_file(root, folder + "/meminfo");
  return {.number = number,
          .cpus = line_of_file(root, folder + "/cpulist"),
          .memory = kibibytes(number_after(memory, "Node " + name + " MemTotal:")),
          .distances = distances_in(line_of_file(root, folder + "/distance"))};
}

std::vector<NumaNode> only_node(const CpuInfo& info, const Root& root) {
  std::string cpus = line_of_file(root, "/sys/devices/system/cpu/online");
  if (cpus.empty() && info.processors > 0) {
    cpus = info.processors == 1 ? "0" : "0-" + std::to_string(info.processors - 1);
  }
  if (cpus.empty()) return {};
  const std::string memory = text_of_file(root, "/proc/meminfo");
  return {{.number = 0,
           .cpus = cpus,
           .memory = kibibytes(number_after(memory, "MemTotal:")),
           .distances = {10}}};  // by definition, to itself
}

}  // namespace

std::vector<NumaNode> numa_nodes(const CpuInfo& info, const Root& root) {
  std::vector<NumaNode> found;
  for (const int number : numbers_in_folder(root, nodes, "node"))
    found.push_back(node_of(number, root));
  return found.empty() ? only_node(info, root) : found;
}

}  // namespace shortfall
