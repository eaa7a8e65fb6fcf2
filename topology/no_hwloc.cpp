// Stands in for hwloc.cpp in a build without hwloc: sysfs answers instead.
#include "topology/parts.hpp"

namespace shortfall {

std::optional<CpuShape> shape_by_hwloc() { return std::nullopt; }

}  // namespace shortfall
