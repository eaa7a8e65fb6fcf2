#include "backends/numa.hpp"

#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <cstring>
#include <fstream>
#include <string_view>
#include <utility>

#include "core/error.hpp"
#include "core/text.hpp"

namespace shortfall {
namespace {

constexpr const char* folder = "sys/devices/system/node/";

std::string text_of_file(const std::string& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  return line;
}

// Nodes with memory, by either name of older and newer systems. Those that do not say have one.
std::vector<int> nodes_of(const std::string& root) {
  for (const char* file : {"has_memory", "has_normal_memory"}) {
    const std::vector<int> nodes = cpus_in(text_of_file(root + folder + file));
    if (!nodes.empty()) return nodes;
  }
  return {0};
}

// Of a node's memory, what the kernel hands out at once, and what it drops for whoever needs it:
// the pages of files that it need not write first.
constexpr std::array<std::pair<std::string_view, double>, 5> available_parts{
    {{"MemFree", 1}, {"Active(file)", 1}, {"Inactive(file)", 1}, {"Dirty", -1}, {"Writeback", -1}}};

// "Node 1 MemFree:        12345 kB". Nothing if the system does not say.
std::optional<Bytes> available_on(int node, const std::string& root) {
  std::ifstream file(fmt::format("{}{}node{}/meminfo", root, folder, node));
  const std::string before = fmt::format("Node {} ", node);
  std::optional<Bytes> all;
  for (std::string line; std::getline(file, line);) {
    const std::size_t colon = line.find(':'), value = line.find_first_of("0123456789", colon);
    if (!line.starts_with(before) || value == std::string::npos) continue;
    const auto part =
        std::ranges::find(available_parts, line.substr(before.size(), colon - before.size()),
                          [](const auto& p) { return p.first; });
    const auto kib = parse_integer(line.substr(value, line.find(' ', value) - value));
    if (part == available_parts.end() || !kib) continue;
    all = all.value_or(Bytes{}) + Bytes{part->second * static_cast<double>(*kib) * 1024};
  }
  return all;
}

// From the kernel's uapi/linux/mempolicy.h, which is not everywhere where glibc is.
constexpr int mpol_bind = 2;
constexpr int most_nodes = 1024;

// The error number of the system; 0 if it was done.
int bind(void* memory, std::size_t bytes, int node) {
  constexpr int word = sizeof(unsigned long) * CHAR_BIT;
  std::array<unsigned long, most_nodes / word> nodes{};
  nodes.at(static_cast<std::size_t>(node / word)) = 1UL << static_cast<unsigned>(node % word);
  const long done =
      syscall(SYS_mbind, memory, bytes, mpol_bind, nodes.data(), most_nodes + 1UL, 0U);
  return done == 0 ? 0 : errno;
}

// Containers may forbid it, and a job's memory may be confined to some nodes: tried on a page.
int try_to_bind(int node) {
  const auto bytes = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  void* const page =
      mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (page == MAP_FAILED) return errno;
  const int answer = bind(page, bytes, node);
  munmap(page, bytes);
  return answer;
}

std::string doing(int node) { return fmt::format("bind memory to NUMA node {}", node); }

}  // namespace

std::optional<std::string> why_not_on_node(int node, Bytes bytes, const std::string& root) {
  if (node == local_node) return std::nullopt;
  const std::vector<int> nodes = nodes_of(root);
  if (nodes.size() == 1) return "this host has 1 NUMA node";
  if (std::ranges::find(nodes, node) == nodes.end()) {
    return fmt::format("this host has {} NUMA nodes, none of them number {}", nodes.size(), node);
  }
  // A node that is full would end the process when the memory is touched.
  const auto room = available_on(node, root);
  if (room && *room < bytes) {
    return fmt::format("NUMA node {} has {} available, {} are needed", node,
                       scaled(room->value, "B"), scaled(bytes.value, "B"));
  }
  const int refused = try_to_bind(node);
  if (refused == 0) return std::nullopt;
  return fmt::format("{}: {} (containers need CAP_SYS_NICE)", doing(node), std::strerror(refused));
}

void bind_to_node(void* memory, std::size_t bytes, int node) {
  const int refused = bind(memory, bytes, node);
  require(
      refused == 0, [&] { return doing(node); }, std::strerror(refused));
}

}  // namespace shortfall
