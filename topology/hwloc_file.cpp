#include "topology/hwloc_file.hpp"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>

#include "core/error.hpp"
#include "core/text.hpp"
#include "topology/hwloc_devices.hpp"
#include "topology/rehearsal.hpp"

namespace shortfall {
namespace {

constexpr std::string_view advice = "Give an XML file that 'lstopo FILE.xml' has written.";

constexpr std::string_view no_topology =
    "hwloc finds no valid topology in it: it is damaged, or no file of hwloc";

[[noreturn]] void reject(const std::string& path, std::string_view answer) {
  throw BadUsage(fmt::format("--topology={}: {}. {}", path, answer, advice));
}

std::string text_at(const std::string& path) {
  constexpr std::size_t most = 64UL << 20U;  // of 10,000 CPUs: some 20 MiB
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  if (!file) reject(path, errno != 0 ? std::strerror(errno) : "it cannot be opened");
  std::string text;
  std::array<char, 1 << 16> piece;
  while (file.read(piece.data(), piece.size()), file.gcount() > 0) {
    text.append(piece.data(), static_cast<std::size_t>(file.gcount()));
    if (text.size() > most) reject(path, "it is larger than 64 MiB");
  }
  return text;
}

// What hwloc itself says by no more than "invalid argument".
void check_format(const std::string& path, std::string_view text) {
  constexpr std::string_view element = "<topology";
  const std::size_t at = text.find(element);
  if (at == std::string_view::npos) reject(path, "it has no <topology>, so it is no file of hwloc");
  // lstopo never writes any; they can make a small file fill the memory.
  if (text.find("<!ENTITY") != std::string_view::npos) reject(path, "it declares XML entities");
  constexpr std::string_view key = "version=\"";
  const std::string_view attributes = text.substr(at, text.find('>', at) - at);
  const std::size_t version = attributes.find(key);
  if (version == std::string_view::npos) return;  // hwloc 1
  const std::string_view rest = attributes.substr(version + key.size());
  const auto major = parse_integer(rest.substr(0, rest.find_first_of(".\"")));
  const auto known = static_cast<int>(hwloc_get_api_version() >> 16U);
  if (major && *major > known) {
    throw BadUsage(fmt::format(
        "--topology={}: its format is {}, and this build has hwloc {}. Write it again by 'lstopo "
        "--export-xml-flags v{} FILE.xml'.",
        path, rest.substr(0, rest.find('"')), known, known));
  }
}

Topology load(const std::string& text, const std::string& path) {
  hwloc_topology_t raw = nullptr;
  if (hwloc_topology_init(&raw) != 0) throw Error("prepare hwloc", std::strerror(errno));
  Topology topology(raw);
  hwloc_topology_set_flags(raw, HWLOC_TOPOLOGY_FLAG_INCLUDE_DISALLOWED);
  hwloc_topology_set_io_types_filter(raw, HWLOC_TYPE_FILTER_KEEP_ALL);
  const auto size = static_cast<int>(text.size()) + 1;  // with the zero at its end
  if (hwloc_topology_set_xmlbuffer(raw, text.c_str(), size) != 0 || hwloc_topology_load(raw) != 0) {
    reject(path, no_topology);
  }
  return topology;
}

std::string list_of(hwloc_const_cpuset_t cpus) {
  char* text = nullptr;
  if (cpus == nullptr || hwloc_bitmap_list_asprintf(&text, cpus) < 0) return {};
  const std::unique_ptr<char, decltype(&std::free)> owner(text, &std::free);
  return text;
}

// From the node with this index to all; empty where the file has none.
std::vector<int> distances_from(unsigned node, const Topology& topology) {
  unsigned count = 1;
  hwloc_distances_s* matrix = nullptr;
  hwloc_distances_get_by_type(topology.get(), HWLOC_OBJ_NUMANODE, &count, &matrix,
                              HWLOC_DISTANCES_KIND_MEANS_LATENCY, 0);
  if (count == 0 || matrix == nullptr) return {};
  std::vector<int> distances;
  for (unsigned other = 0; node < matrix->nbobjs && other < matrix->nbobjs; ++other) {
    distances.push_back(static_cast<int>(matrix->values[node * matrix->nbobjs + other]));
  }
  hwloc_distances_release(topology.get(), matrix);
  return distances;
}

std::vector<NumaNode> numa_nodes(const Topology& topology) {
  std::vector<NumaNode> nodes;
  hwloc_obj_t node = nullptr;
  while ((node = hwloc_get_next_obj_by_type(topology.get(), HWLOC_OBJ_NUMANODE, node)) != nullptr) {
    const auto memory = static_cast<double>(node->attr->numanode.local_memory);
    nodes.push_back({.number = static_cast<int>(node->os_index),
                     .cpus = list_of(node->cpuset),
                     .memory = {memory},
                     .distances = distances_from(node->logical_index, topology)});
  }
  return nodes;
}

void replace(Host& host, const Topology& topology) {
  CpuShape shape = shape_of(topology);
  host.cpu.sockets = shape.sockets;
  host.cpu.cores = shape.cores;
  host.cpu.threads = shape.threads;
  host.cpu.numa_nodes = shape.numa_nodes;
  host.cpu.caches = std::move(shape.caches);
  host.numa = numa_nodes(topology);
  host.gpus = gpus_in(topology);
  host.nics = nics_in(topology);
  find_nearest_nics(host);
}

}  // namespace

Host with_topology(Host found, const std::string& path) {
  constexpr unsigned cpu_seconds = 20;  // 200 times what a host with 224 CPUs takes
  const std::string text = text_at(path);
  check_format(path, text);
  // hwloc trusts its files: an attribute that is missing can make it crash, or lose memory.
  const End end = rehearse([&] { replace(found, load(text, path)); }, cpu_seconds);
  if (end == End::crashed)
    reject(path, "it is damaged: hwloc crashes on it, or does not come to an end");
  if (end == End::threw) reject(path, no_topology);
  replace(found, load(text, path));
  return found;
}

}  // namespace shortfall
