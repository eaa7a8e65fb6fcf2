// Counts and caches of this machine's processors, by hwloc: it knows what some kernels get wrong.
#include <algorithm>
#include <memory>

#include "topology/hwloc_topology.hpp"

namespace shortfall {
namespace {

struct Free {
  void operator()(hwloc_bitmap_t bitmap) const { hwloc_bitmap_free(bitmap); }
};
using Bitmap = std::unique_ptr<hwloc_bitmap_s, Free>;

Topology load() {
  hwloc_topology_t raw = nullptr;
  if (hwloc_topology_init(&raw) != 0) return nullptr;
  Topology topology(raw);
  // The whole host: what this process may use of it is its Binding.
  hwloc_topology_set_flags(raw, HWLOC_TOPOLOGY_FLAG_INCLUDE_DISALLOWED);
  return hwloc_topology_load(raw) == 0 ? std::move(topology) : nullptr;
}

int count(const Topology& topology, hwloc_obj_type_t type) {
  return std::max(1, hwloc_get_nbobjs_by_type(topology.get(), type));
}

// hwloc lends the CPUs of a neighbour to nodes without any (GPU memory, CXL): these do not count.
int nodes_with_cpus(const Topology& topology) {
  const Bitmap seen(hwloc_bitmap_alloc());
  int nodes = 0;
  hwloc_obj_t node = nullptr;
  while ((node = hwloc_get_next_obj_by_type(topology.get(), HWLOC_OBJ_NUMANODE, node)) != nullptr) {
    const bool is_new = hwloc_bitmap_iszero(node->cpuset) == 0 &&
                        hwloc_bitmap_intersects(node->cpuset, seen.get()) == 0;
    if (!is_new) continue;
    ++nodes;
    hwloc_bitmap_or(seen.get(), seen.get(), node->cpuset);
  }
  return std::max(1, nodes);
}

std::vector<Cache> caches_of_first_cpu(const Topology& topology) {
  std::vector<Cache> caches;
  for (hwloc_obj_t object = hwloc_get_obj_by_type(topology.get(), HWLOC_OBJ_PU, 0);
       object != nullptr; object = object->parent) {
    if (hwloc_obj_type_is_dcache(object->type) == 0 || object->attr->cache.size == 0) continue;
    caches.push_back({.level = static_cast<int>(object->attr->cache.depth),
                      .size = {static_cast<double>(object->attr->cache.size)},
                      .shared = std::max(1, hwloc_bitmap_weight(object->cpuset))});
  }
  return caches;
}

}  // namespace

CpuShape shape_of(const Topology& topology) {
  return {.sockets = count(topology, HWLOC_OBJ_PACKAGE),
          .cores = count(topology, HWLOC_OBJ_CORE),
          .threads = count(topology, HWLOC_OBJ_PU),
          .numa_nodes = nodes_with_cpus(topology),
          .caches = caches_of_first_cpu(topology)};
}

std::optional<CpuShape> shape_by_hwloc() {
  const Topology topology = load();
  if (topology == nullptr) return std::nullopt;
  return shape_of(topology);
}

}  // namespace shortfall
